//! Writes pictures of few colours as PNG (W3C PNG 3rd edition, RFC 1950, RFC 1951).
//!
//! The drawings are flat areas, so it looks for two repetitions only: the pixel before, and the row above.

/// Writes a picture. `pixels` are places in the palette, row by row.
pub fn write(width: usize, palette: &[[u8; 3]], pixels: &[u8]) -> Vec<u8> {
    let height = pixels.len() / width.max(1);
    let mut rows = Vec::with_capacity(pixels.len() + height);
    for row in pixels.chunks_exact(width) {
        rows.push(0); // no filter
        rows.extend_from_slice(row);
    }
    let mut header = Vec::with_capacity(13);
    for size in [width, height] {
        header.extend_from_slice(&u32::try_from(size).unwrap_or(u32::MAX).to_be_bytes());
    }
    // 8 bits a pixel, of a palette; the one compression, the one filter method, not interlaced.
    header.extend_from_slice(&[8, 3, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut png, *b"IHDR", &header);
    chunk(&mut png, *b"PLTE", palette.as_flattened());
    chunk(&mut png, *b"IDAT", &compress(&rows, width + 1));
    chunk(&mut png, *b"IEND", &[]);
    png
}

fn chunk(png: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    png.extend_from_slice(&u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
    let begin = png.len();
    png.extend_from_slice(&kind);
    png.extend_from_slice(data);
    let sum = crc(&png[begin..]);
    png.extend_from_slice(&sum.to_be_bytes());
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |mut sum, byte| {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ 0xEDB8_8320 } else { sum >> 1 };
        }
        sum
    })
}

fn adler(bytes: &[u8]) -> u32 {
    let (mut a, mut b) = (1_u32, 0_u32);
    // The most bytes whose sums stay within 32 bits.
    for some in bytes.chunks(5552) {
        for byte in some {
            a += u32::from(*byte);
            b += a;
        }
        a %= 65521;
        b %= 65521;
    }
    (b << 16) | a
}

/// The zlib stream of one block with the fixed codes.
fn compress(bytes: &[u8], stride: usize) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.bytes.extend_from_slice(&[0x78, 0x01]);
    bits.push(0b011, 3);
    let mut at = 0;
    while at < bytes.len() {
        let (before, above) = (repeats(bytes, at, 1), repeats(bytes, at, stride));
        let (distance, length) = if above > before { (stride, above) } else { (1, before) };
        if length < 3 {
            bits.literal(u16::from(bytes[at]));
            at += 1;
        } else {
            bits.length(length);
            bits.distance(distance);
            at += length;
        }
    }
    bits.literal(256);
    let mut zlib = bits.finish();
    zlib.extend_from_slice(&adler(bytes).to_be_bytes());
    zlib
}

/// For how many bytes what comes at `at` is what came `distance` before, 258 at most.
fn repeats(bytes: &[u8], at: usize, distance: usize) -> usize {
    let Some(from) = at.checked_sub(distance) else { return 0 };
    let end = bytes.len().min(at + 258);
    // Slices are compared at once and bytes one by one, so first the whole.
    if distance >= 258 && bytes[from..from + (end - at)] == bytes[at..end] {
        return end - at;
    }
    bytes[at..end].iter().zip(&bytes[from..]).take_while(|(here, there)| here == there).count()
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    open: u64,
    count: u32,
}

impl Bits {
    /// The lowest bits first.
    fn push(&mut self, value: usize, count: u32) {
        self.open |= (value as u64) << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push(self.open.to_le_bytes()[0]);
            self.open >>= 8;
            self.count -= 8;
        }
    }

    /// A code: the highest bit first.
    fn code(&mut self, code: u16, count: u32) {
        self.push(usize::from(code.reverse_bits() >> (16 - count)), count);
    }

    fn literal(&mut self, value: u16) {
        match value {
            0..=143 => self.code(0x30 + value, 8),
            144..=255 => self.code(0x190 + value - 144, 9),
            256..=279 => self.code(value - 256, 7),
            _ => self.code(0xC0 + value - 280, 8),
        }
    }

    fn length(&mut self, length: usize) {
        if length == 258 {
            return self.literal(285);
        }
        let (code, extra, count) = bucket(length - 3, 4);
        self.literal(257 + code);
        self.push(extra, count);
    }

    fn distance(&mut self, distance: usize) {
        let (code, extra, count) = bucket(distance - 1, 2);
        self.code(code, 5);
        self.push(extra, count);
    }

    fn finish(mut self) -> Vec<u8> {
        self.push(0, (8 - self.count % 8) % 8);
        self.bytes
    }
}

/// The code of a number in the tables of RFC 1951 (3.2.5), and its extra bits: after the first `2 * per` numbers
/// there are `per` codes for each number of extra bits.
fn bucket(value: usize, per: usize) -> (u16, usize, u32) {
    let code = |code: usize| u16::try_from(code).unwrap_or(u16::MAX);
    if value < 2 * per {
        return (code(value), 0, 0);
    }
    let count = value.ilog2() - per.ilog2();
    let steps = usize::try_from(count).unwrap_or(0);
    (code(per * steps + (value >> count)), value & ((1 << count) - 1), count)
}

#[cfg(test)]
mod tests;
