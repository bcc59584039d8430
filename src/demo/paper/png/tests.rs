use proptest::prelude::*;

use super::*;

/// Reads back what is written with the fixed codes.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn bit(&mut self) -> usize {
        let bit = usize::from(self.bytes[self.at / 8] >> (self.at % 8)) & 1;
        self.at += 1;
        bit
    }

    fn bits(&mut self, count: usize) -> usize {
        (0..count).map(|place| self.bit() << place).sum()
    }

    fn code(&mut self, count: usize, before: usize) -> usize {
        (0..count).fold(before, |code, _| code << 1 | self.bit())
    }

    fn literal(&mut self) -> usize {
        let seven = self.code(7, 0);
        if seven < 0b001_1000 {
            return 256 + seven;
        }
        let eight = self.code(1, seven);
        match eight {
            0x30..=0xBF => eight - 0x30,
            0xC0..=0xC7 => eight - 0xC0 + 280,
            _ => self.code(1, eight) - 0x190 + 144,
        }
    }

    /// The tables as RFC 1951 prints them.
    fn number(&mut self, code: usize, first: usize, per: usize) -> usize {
        if code < 2 * per {
            return first + code;
        }
        let extra = code / per - 1;
        let base = (per + code % per) << extra;
        first + base + self.bits(extra)
    }
}

fn expand(zlib: &[u8]) -> Vec<u8> {
    let (body, sum) = zlib.split_at(zlib.len() - 4);
    assert_eq!(u16::from_be_bytes([body[0], body[1]]) % 31, 0);
    let mut reader = Reader { bytes: &body[2..], at: 0 };
    assert_eq!(reader.bits(3), 0b011);
    let mut out: Vec<u8> = Vec::new();
    loop {
        match reader.literal() {
            256 => break,
            value if value < 256 => out.push(u8::try_from(value).unwrap()),
            code => {
                let length = if code == 285 { 258 } else { reader.number(code - 257, 3, 4) };
                let code = reader.code(5, 0);
                let distance = reader.number(code, 1, 2);
                for _ in 0..length {
                    out.push(out[out.len() - distance]);
                }
            }
        }
    }
    assert_eq!(adler(&out).to_be_bytes(), sum);
    out
}

#[test]
fn the_sums_are_those_of_the_standards() {
    assert_eq!(crc(b"123456789"), 0xCBF4_3926);
    assert_eq!(adler(b"Wikipedia"), 0x11E6_0398);
}

#[test]
fn flat_pictures_become_small() {
    let pixels = vec![1; 640 * 480];
    let png = write(640, &[[0; 3], [9, 8, 7]], &pixels);
    assert!(png.len() < 4000, "{}", png.len());
    assert_eq!(infer::get(&png).unwrap().mime_type(), "image/png");
    // Width and height in the header.
    assert_eq!(png[16..24], [0, 0, 2, 128, 0, 0, 1, 224]);
}

proptest! {
    #[test]
    fn what_is_compressed_comes_back(
        parts in proptest::collection::vec((any::<u8>(), 1_usize..700), 0..40),
        stride in 1_usize..800,
    ) {
        let bytes: Vec<u8> = parts.into_iter().flat_map(|(byte, times)| vec![byte; times]).collect();
        prop_assert_eq!(expand(&compress(&bytes, stride)), bytes);
    }

    #[test]
    fn noise_comes_back_too(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert_eq!(expand(&compress(&bytes, 33)), bytes);
    }
}
