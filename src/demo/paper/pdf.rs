//! A PDF of one page with a title (ISO 32000-1).

use std::fmt::Write;

/// Widest line, in characters of the title's size.
const LINE: usize = 42;

/// A page of A4 with this title above empty ruled lines.
pub fn page(title: &str) -> Vec<u8> {
    let mut content =
        String::from("0.23 0.27 0.31 rg 56 786 40 6 re f BT /F1 20 Tf 56 744 Td 26 TL");
    for line in lines(title) {
        let _ = write!(content, " ({line}) Tj T*");
    }
    content.push_str(" ET 0.8 0.82 0.85 RG 0.75 w");
    for row in 0..18 {
        let (y, right) = (620 - row * 28, if row % 6 == 5 { 320 } else { 539 });
        let _ = write!(content, " 56 {y} m {right} {y} l S");
    }
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> >> \
         /Contents 4 0 R >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>".to_owned(),
        format!("<< /Title <{}> >>", utf_16(title)),
    ];
    let mut pdf = String::from("%PDF-1.4\n");
    let mut places = Vec::with_capacity(objects.len());
    for (number, object) in (1..).zip(&objects) {
        places.push(pdf.len());
        let _ = write!(pdf, "{number} 0 obj\n{object}\nendobj\n");
    }
    let table = pdf.len();
    let size = objects.len() + 1;
    let _ = write!(pdf, "xref\n0 {size}\n0000000000 65535 f \n");
    for place in places {
        let _ = writeln!(pdf, "{place:010} 00000 n ");
    }
    let _ = write!(
        pdf,
        "trailer\n<< /Size {size} /Root 1 0 R /Info 6 0 R >>\nstartxref\n{table}\n%%EOF\n"
    );
    pdf.into_bytes()
}

/// The title in lines, as text of the page.
fn lines(title: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in title.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < LINE => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.iter().map(|line| line.chars().map(character).collect()).collect()
}

/// One character, ASCII and escaped: what is in `WinAnsi` and not in ASCII by its number.
fn character(c: char) -> String {
    let number = match c {
        '(' | ')' | '\\' => return format!("\\{c}"),
        ' '..='~' => return c.to_string(),
        '–' => 0x96,
        '—' => 0x97,
        '’' => 0x92,
        '“' => 0x93,
        '”' => 0x94,
        '…' => 0x85,
        '\u{a0}'..='\u{ff}' => u32::from(c),
        _ => return "?".to_owned(),
    };
    format!("\\{number:03o}")
}

/// Hexadecimal, with the mark of its byte order.
fn utf_16(text: &str) -> String {
    text.encode_utf16().fold("FEFF".to_owned(), |mut hex, unit| {
        let _ = write!(hex, "{unit:04X}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_points_at_each_object() {
        let pdf = String::from_utf8(page("Tagihan KS-20431 (salinan)")).unwrap();
        assert!(pdf.contains(r"(Tagihan KS-20431 \(salinan\)) Tj"));
        let table: usize =
            pdf.rsplit("startxref\n").next().unwrap().lines().next().unwrap().parse().unwrap();
        assert!(pdf[table..].starts_with("xref\n0 7\n"));
        for (number, line) in (1..).zip(pdf[table..].lines().skip(3).take(6)) {
            let place: usize = line[..10].parse().unwrap();
            assert!(pdf[place..].starts_with(&format!("{number} 0 obj")), "{line}");
            assert_eq!(line.len(), 19);
        }
    }

    #[test]
    fn a_long_title_is_broken_and_odd_characters_do_no_harm() {
        let long = lines(&"House Blend 25 kg per bulan, ".repeat(6));
        assert!(long.len() > 3 && long.iter().all(|line| line.len() <= LINE));
        assert_eq!(lines(r"a\b(c) ×é– ☕"), [r"a\\b\(c\) \327\351\226 ?"]);
        assert_eq!(utf_16("A☕"), "FEFF00412615");
    }
}
