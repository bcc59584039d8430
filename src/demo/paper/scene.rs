//! What a photo shows: the things that its description names, on a table or under the sky.

use sha2::{Digest, Sha256};

use super::canvas::{Canvas, Colour, HEIGHT, WIDTH, mix};
use things::{bag, beans, cup, parcel, phone, sheet};

mod things;

const INK: Colour = [43, 33, 26];
const PAPER: Colour = [247, 243, 235];

/// Draws what is described: it takes no more from the words than a few nouns.
pub fn draw(what: &str) -> Vec<u8> {
    let chance = Chance(Sha256::digest(what.as_bytes()).into());
    let names = |words: &[&str]| words.iter().any(|word| what.contains(word));
    if names(&["hills", "mist", "queue", "café"]) {
        return outside(&chance, what);
    }
    let wall = chance.of(0, [[228, 220, 208], [214, 222, 226], [226, 214, 206], [220, 224, 212]]);
    let table = chance.of(1, [[150, 108, 74], [122, 92, 72], [176, 138, 98], [104, 88, 80]]);
    let mut canvas = Canvas::new(mix(wall, [255; 3], 1, 3), wall);
    canvas.fade(300, HEIGHT, table, mix(table, INK, 1, 4));
    let middle = (WIDTH / 2 + chance.shift(2, 36), 260 + chance.shift(3, 14));
    if names(&["screen", "chat on", "banner"]) {
        phone(&mut canvas, middle, &chance, names(&["receipt", "transfer"]));
    } else if names(&["slip", "receipt", "voucher"]) {
        sheet(&mut canvas, middle, &chance);
    } else if names(&["box", "parcel"]) {
        parcel(&mut canvas, middle, names(&["bag"]), &chance);
        if names(&["spilled", "leaking", "broken"]) {
            beans(&mut canvas, (middle.0 + 120, middle.1 + 150), &chance);
        }
    } else if names(&["bag", "grounds"]) {
        if names(&["two"]) {
            bag(&mut canvas, (middle.0 - 130, middle.1), &chance, 5);
        }
        bag(&mut canvas, (middle.0 + if names(&["two"]) { 110 } else { 0 }, middle.1), &chance, 6);
        if names(&["scale"]) {
            canvas.block((middle.0 - 150, 392), 300, 44, 12, [70, 76, 82]);
            canvas.block((middle.0 - 44, 402), 88, 24, 5, [168, 214, 178]);
        }
        if names(&["grounds", "torn", "open"]) {
            beans(&mut canvas, (middle.0 + 170, 410), &chance);
        }
    } else {
        let cups = if names(&["cups"]) { 3 } else { 1 };
        for place in 0..cups {
            cup(
                &mut canvas,
                (middle.0 + (2 * place - cups + 1) * 105, middle.1 + 30),
                &chance,
                place,
            );
        }
    }
    canvas.png()
}

/// The choices of one picture: always the same for the same words.
struct Chance([u8; 32]);

impl Chance {
    fn of<const N: usize>(&self, place: usize, choices: [Colour; N]) -> Colour {
        choices[usize::from(self.0[place % 32]) % N]
    }

    /// Between `-most` and `most`.
    fn shift(&self, place: usize, most: i32) -> i32 {
        i32::from(self.0[place % 32]) * (2 * most + 1) / 256 - most
    }

    fn accent(&self, place: usize) -> Colour {
        self.of(
            place,
            [[180, 83, 46], [74, 80, 210], [46, 125, 91], [194, 132, 38], [146, 64, 104]],
        )
    }
}

fn outside(chance: &Chance, what: &str) -> Vec<u8> {
    let sky = chance.of(0, [[150, 190, 220], [206, 190, 176], [176, 200, 206]]);
    let mut canvas = Canvas::new(sky, mix(sky, [255, 246, 230], 4, 5));
    canvas.ellipse((470 + chance.shift(1, 90), 110), 42, 42, [255, 236, 190]);
    for (place, (height, green)) in
        [(190, [142, 168, 160]), (240, [104, 142, 122]), (300, [72, 112, 86])]
            .into_iter()
            .enumerate()
    {
        for hill in 0..3 {
            let x = hill * 280 - 20 + chance.shift(place + 3, 110);
            canvas.ellipse((x, HEIGHT), 260, HEIGHT - height + chance.shift(place + 8, 24), green);
        }
    }
    canvas.fade(400, HEIGHT, [120, 134, 84], [88, 98, 62]);
    if what.contains("mast") {
        let mast = [70, 104, 84];
        canvas.area(&[(408, 70), (416, 70), (442, 410), (382, 410)], mast);
        for bar in 0..8 {
            canvas.block((400 - bar * 2, 104 + bar * 38), 26 + bar * 4, 5, 0, [40, 64, 52]);
        }
        canvas.block((388, 60), 12, 46, 4, PAPER);
        canvas.block((424, 60), 12, 46, 4, PAPER);
    }
    if what.contains("café") || what.contains("stall") || what.contains("lookout") {
        let wall = if what.contains("white") { PAPER } else { [158, 116, 80] };
        canvas.block((110, 276), 220, 134, 2, wall);
        canvas.area(&[(90, 280), (130, 226), (310, 226), (350, 280)], chance.accent(12));
        canvas.block((136, 312), 92, 52, 4, [58, 50, 44]);
        canvas.block((252, 316), 52, 94, 4, mix(wall, INK, 1, 2));
    }
    if what.contains("van") {
        canvas.block((396, 336), 150, 76, 16, PAPER);
        canvas.block((500, 350), 36, 26, 6, [92, 116, 128]);
        for wheel in [430, 512] {
            canvas.ellipse((wheel, 414), 18, 18, INK);
        }
    }
    if what.contains("queue") || what.contains("farmers") {
        for person in 0..7 {
            let place = usize::try_from(person).unwrap_or(0) + 14;
            let (x, tall) =
                (246 + person * 52 + chance.shift(place, 9), 84 + chance.shift(place + 7, 14));
            canvas.block((x - 15, 430 - tall), 30, tall, 13, chance.accent(place));
            canvas.ellipse((x, 420 - tall), 12, 14, [150, 104, 78]);
        }
    }
    if what.contains("beds") {
        for bed in 0..3 {
            canvas.block((40 + bed * 190, 424 + bed * 8), 150, 22, 4, [128, 52, 40]);
        }
    }
    canvas.png()
}
