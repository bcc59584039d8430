//! Words as they come in letters: few of them often, most of them seldom (Zipf's law).

pub use bench::dice::Dice;

const USUAL: &str = "yang dan di saya untuk ini dengan tidak itu dari sudah pesanan ada kopi kami bisa mohon belum \
    kirim barang terima kasih alamat bapak ibu tolong hari karena akan lagi atau toko paket harga nomor resi kurir \
    tetapi masih kurang rusak tukar uang kembali bayar transfer bukti foto gula aren susu seruni cepat lambat besok \
    minggu bulan kemarin malam pagi siang rumah kantor jalan kota tanggal jam satu dua tiga empat lima";

const ENGLISH: &str = "the to and i a of is my for it you in that have this not was on with your are but order we be please \
    from can me will been still package parcel coffee delivery refund received would when has there any could number thanks \
    hello dear sorry money payment card bank address street city date tracking courier late early broken missing wrong \
    size box bag kilo price morning evening week month year today tomorrow again already yet why what where who one two three";

const FIRST: &str = "Rina Budi Siti Agus Dewi Putri Andi Sri Wahyu Ratna Eko Indah Joko Maya Rizky Ayu Hendra Lestari Bayu Wulan \
    Dimas Fitri Yanto Nur Arif Mega Slamet Citra Teguh Laras Gita Bagus Tuti Imam Sari Yusuf Intan Surya Melati Reza \
    Emma James Olivia William Sophie Henry Grace Thomas Alice Daniel Ruth Edward Clara Samuel Hannah George Lucy Peter";

const LAST: &str = "Wulandari Santoso Pratama Wijaya Lestari Saputra Hidayat Nugroho Kusuma Rahayu Setiawan Purnama Siregar Nasution \
    Simanjuntak Gunawan Halim Utami Maharani Permata Suryadi Hartono Wibowo Susanto Anggraini Kurniawan Fauzi Ramadhan Syahputra \
    Manurung Tanjung Harahap Sitorus Lubis Pohan Saragih Smith Johnson Taylor Brown Wilson Evans Walker Wright Baker Clark";

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
    /// The Indonesian one.
    pub fn new() -> Self {
        Self::begun_by(USUAL)
    }

    /// That of those who write English.
    pub fn english() -> Self {
        Self::begun_by(ENGLISH)
    }

    fn begun_by(usual: &str) -> Self {
        let mut words: Vec<String> = usual.split_whitespace().map(str::to_owned).collect();
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

    /// A person's name, Indonesian or English, the same for the same number.
    pub fn name(number: usize) -> String {
        let mut dice = Dice(u64::try_from(number).unwrap_or_default() ^ 0x6e61_6d65);
        let mut one = |names: &'static str| {
            let count = names.split_whitespace().count();
            names.split_whitespace().nth(dice.below(count)).unwrap_or_default()
        };
        format!("{} {}", one(FIRST), one(LAST))
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
