//! Words as they come in letters: few of them often, most of them seldom (Zipf's law).

pub use bench::dice::Dice;

const USUAL: &str = "yang dan di saya untuk ini dengan tidak itu dari sudah pesanan ada kopi kami bisa mohon belum \
    kirim barang terima kasih alamat bapak ibu tolong hari karena akan lagi atau toko paket harga nomor resi kurir \
    tetapi masih kurang rusak tukar uang kembali bayar transfer bukti foto gula aren susu seruni cepat lambat besok \
    minggu bulan kemarin malam pagi siang rumah kantor jalan kota tanggal jam satu dua tiga empat lima";

const SYLLABLES: [&str; 32] = [
    "ba", "ca", "da", "ga", "ja", "ka", "la", "ma", "na", "pa", "ra", "sa", "ta", "wa", "be", "de",
    "ke", "le", "me", "se", "te", "bi", "di", "ki", "li", "mi", "ri", "ti", "bu", "ku", "lu", "tu",
];

/// How many different words there are.
const WORDS: u32 = 20_000;

/// A vocabulary, the most usual words first.
#[derive(Debug)]
pub struct Words(Vec<String>);

impl Words {
    /// The one vocabulary.
    pub fn new() -> Self {
        let mut words: Vec<String> = USUAL.split_whitespace().map(str::to_owned).collect();
        let mut number = SYLLABLES.len() * SYLLABLES.len();
        while words.len() < WORDS as usize {
            let (mut rest, mut word) = (number, String::new());
            while rest > 0 {
                word.push_str(SYLLABLES[rest % SYLLABLES.len()]);
                rest /= SYLLABLES.len();
            }
            words.push(word);
            number += 1;
        }
        Self(words)
    }

    /// A word of a text.
    pub fn pick(&self, dice: &mut Dice) -> &str {
        let rank = (dice.share() * f64::from(WORDS).ln()).exp();
        let mut at = 0;
        // The rank as a place: whole steps of a number that is small and positive.
        for bit in (0..15).rev() {
            let step: u32 = 1 << bit;
            if f64::from(at + step) < rank {
                at += step;
            }
        }
        &self.0[(at as usize).min(self.0.len() - 1)]
    }

    /// The word at a rank, from 0.
    pub fn at(&self, rank: usize) -> &str {
        &self.0[rank]
    }

    /// A person's name: two words, the same for the same number.
    pub fn name(&self, number: usize) -> String {
        let mut dice = Dice(u64::try_from(number).unwrap_or_default() ^ 0x6e61_6d65);
        let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
        let (first, last) = (self.at(100 + dice.below(500)), self.at(1_000 + dice.below(5_000)));
        format!("{} {}", capital(first), capital(last))
    }

    /// A text of at least so many bytes, in lines.
    pub fn text(&self, dice: &mut Dice, bytes: usize) -> String {
        let mut text = String::with_capacity(bytes + 80);
        let mut line = 0;
        while text.len() < bytes {
            let word = self.pick(dice);
            line += word.len() + 1;
            text.push_str(word);
            if line > 70 {
                text.push_str("\r\n");
                line = 0;
            } else {
                text.push(' ');
            }
        }
        text
    }
}
