//! The things that lie on a table.

use super::{Chance, INK, PAPER};
use crate::demo::paper::canvas::{Canvas, Colour, Point, mix};

const KRAFT: Colour = [196, 154, 108];
const BEAN: Colour = [74, 48, 33];

fn shadow(canvas: &mut Canvas, (x, y): Point, wide: i32) {
    canvas.ellipse((x, y), wide, 14, [84, 62, 46]);
}

pub fn bag(canvas: &mut Canvas, (x, y): Point, chance: &Chance, place: usize) {
    let cloth = chance.of(place, [[58, 68, 78], [88, 62, 48], [64, 84, 72], [104, 96, 88]]);
    shadow(canvas, (x, y + 160), 112);
    canvas.area(
        &[(x - 84, y - 160), (x + 84, y - 160), (x + 98, y - 118), (x - 98, y - 118)],
        mix(cloth, [255; 3], 1, 5),
    );
    canvas.block((x - 98, y - 118), 196, 278, 12, cloth);
    canvas.block((x - 66, y - 54), 132, 158, 6, PAPER);
    canvas.ellipse((x, y - 8), 30, 30, chance.accent(place + 7));
    canvas.ellipse((x, y - 8), 5, 22, PAPER);
    for (row, wide) in [(0, 84), (18, 60), (34, 44)] {
        canvas.block(
            (x - wide / 2, y + 48 + row),
            wide,
            8,
            4,
            if row == 0 { INK } else { [164, 152, 140] },
        );
    }
}

pub fn parcel(canvas: &mut Canvas, (x, y): Point, holds_bag: bool, chance: &Chance) {
    let dark = mix(KRAFT, INK, 1, 4);
    shadow(canvas, (x, y + 168), 210);
    canvas
        .area(&[(x - 170, y - 20), (x - 110, y - 96), (x + 150, y - 96), (x + 190, y - 20)], dark);
    canvas.area(
        &[(x - 170, y - 20), (x - 236, y - 84), (x - 176, y - 150), (x - 110, y - 96)],
        mix(KRAFT, [255; 3], 1, 6),
    );
    canvas.area(
        &[(x + 190, y - 20), (x + 150, y - 96), (x + 214, y - 146), (x + 254, y - 78)],
        mix(KRAFT, [255; 3], 1, 8),
    );
    if holds_bag {
        bag(canvas, (x, y - 10), chance, 6);
    }
    canvas.block((x - 170, y - 20), 360, 186, 4, KRAFT);
    canvas.block((x - 14, y - 20), 40, 186, 0, mix(KRAFT, [255; 3], 2, 7));
    canvas.block((x - 142, y + 52), 104, 76, 4, PAPER);
    for row in 0..4 {
        canvas.block(
            (x - 132, y + 62 + row * 15),
            84 - row * 9 + chance.shift(9, 6),
            6,
            3,
            [120, 112, 104],
        );
    }
}

pub fn beans(canvas: &mut Canvas, (x, y): Point, chance: &Chance) {
    for bean in 0..18 {
        let place = usize::try_from(bean).unwrap_or(0);
        let at = (x + chance.shift(place, 110), y + chance.shift(place + 11, 34));
        canvas.ellipse(at, 11, 7, BEAN);
        canvas.ellipse(at, 8, 1, mix(BEAN, [255; 3], 1, 3));
    }
}

pub fn phone(canvas: &mut Canvas, (x, y): Point, chance: &Chance, paid: bool) {
    let accent = chance.accent(12);
    shadow(canvas, (x, y + 196), 130);
    canvas.block((x - 112, y - 220), 224, 418, 30, [32, 34, 38]);
    canvas.block((x - 102, y - 208), 204, 394, 22, [250, 250, 252]);
    canvas.block((x - 102, y - 208), 204, 62, 22, accent);
    canvas.block((x - 102, y - 170), 204, 30, 0, accent);
    if paid {
        canvas.ellipse((x, y - 76), 36, 36, [46, 125, 91]);
        canvas.area(
            &[(x - 18, y - 78), (x - 10, y - 86), (x - 1, y - 66), (x - 4, y - 60)],
            [255; 3],
        );
        canvas.area(
            &[(x - 4, y - 60), (x - 1, y - 74), (x + 16, y - 96), (x + 22, y - 88)],
            [255; 3],
        );
    }
    for row in 0..7 {
        let place = usize::try_from(row).unwrap_or(0);
        let top = y - if paid { 16 } else { 122 } + row * 40;
        if top > y + 130 {
            break;
        }
        let wide = 112 + chance.shift(place + 13, 44);
        let left = if paid { x - wide / 2 } else { x - 84 + (row % 2) * (168 - wide) };
        let colour =
            if paid || row % 2 == 0 { [226, 228, 234] } else { mix(accent, [255; 3], 3, 4) };
        canvas.block((left, top), wide, 26, 10, colour);
    }
    canvas.block((x - 40, y + 168), 80, 6, 3, [180, 182, 188]);
}

pub fn sheet(canvas: &mut Canvas, (x, y): Point, chance: &Chance) {
    let lean = chance.shift(14, 40);
    canvas.area(
        &[
            (x - 128 + lean, y - 186),
            (x + 140 + lean, y - 176),
            (x + 152, y + 196),
            (x - 138, y + 190),
        ],
        [84, 62, 46],
    );
    canvas.area(
        &[
            (x - 136 + lean, y - 196),
            (x + 132 + lean, y - 186),
            (x + 144, y + 186),
            (x - 146, y + 180),
        ],
        PAPER,
    );
    canvas.block((x - 70 + lean, y - 164), 140, 18, 6, chance.accent(15));
    for row in 0..8 {
        let place = usize::try_from(row).unwrap_or(0);
        let left = x - 100 + lean * (8 - row) / 8;
        canvas.block(
            (left, y - 118 + row * 28),
            96 + chance.shift(place + 16, 24),
            7,
            3,
            [120, 112, 104],
        );
        canvas.block((left + 156, y - 118 + row * 28), 44, 7, 3, INK);
    }
    for stroke in 0..5 {
        canvas.ellipse(
            (
                x - 20 + stroke * 24,
                y + 140 + chance.shift(20 + usize::try_from(stroke).unwrap_or(0), 10),
            ),
            16,
            3,
            [52, 66, 140],
        );
    }
}

pub fn cup(canvas: &mut Canvas, (x, y): Point, chance: &Chance, place: i32) {
    let glaze = chance.of(
        usize::try_from(place).unwrap_or(0) + 21,
        [[244, 238, 226], [92, 112, 104], [172, 92, 62], [214, 196, 168]],
    );
    shadow(canvas, (x, y + 122), 96);
    canvas.ellipse((x + 96, y + 14), 42, 48, glaze);
    canvas.ellipse((x + 96, y + 14), 24, 30, [206, 196, 184]);
    canvas.block((x - 92, y - 60), 184, 180, 52, glaze);
    canvas.block((x - 92, y - 60), 184, 90, 0, glaze);
    canvas.ellipse((x, y - 60), 92, 24, mix(glaze, INK, 1, 6));
    canvas.ellipse((x, y - 58), 80, 18, BEAN);
    canvas.ellipse((x - 18, y - 60), 34, 6, mix(BEAN, [255; 3], 1, 5));
}
