//! Drawing flat shapes of few colours.

use super::png;

pub const WIDTH: i32 = 640;
pub const HEIGHT: i32 = 480;

pub type Colour = [u8; 3];

/// A point, from the upper left corner.
pub type Point = (i32, i32);

/// A picture in the making. What lies outside of it is not drawn.
pub struct Canvas {
    palette: Vec<Colour>,
    pixels: Vec<u8>,
}

fn index(place: i32, size: i32) -> usize {
    usize::try_from(place.clamp(0, size)).unwrap_or(0)
}

impl Canvas {
    /// A canvas that fades from one colour at the top to another at the bottom.
    pub fn new(top: Colour, bottom: Colour) -> Self {
        let mut canvas = Self {
            palette: Vec::new(),
            pixels: vec![0; index(WIDTH, WIDTH) * index(HEIGHT, HEIGHT)],
        };
        canvas.fade(0, HEIGHT, top, bottom);
        canvas
    }

    /// Fades over some rows, in bands so fine that nobody sees them.
    pub fn fade(&mut self, from: i32, to: i32, top: Colour, bottom: Colour) {
        const BANDS: i32 = 48;
        let height = to - from;
        for band in 0..BANDS {
            let colour = mix(top, bottom, band, BANDS - 1);
            self.rows(
                from + height * band / BANDS,
                from + height * (band + 1) / BANDS,
                colour,
                |_| Some((0, WIDTH)),
            );
        }
    }

    fn ink(&mut self, colour: Colour) -> u8 {
        let known = self.palette.iter().position(|other| *other == colour);
        let place = known.unwrap_or_else(|| {
            if self.palette.len() < 256 {
                self.palette.push(colour);
            }
            self.palette.len() - 1
        });
        u8::try_from(place).unwrap_or(u8::MAX)
    }

    /// Fills of each row what `span` says.
    fn rows(
        &mut self,
        from: i32,
        to: i32,
        colour: Colour,
        span: impl Fn(i32) -> Option<(i32, i32)>,
    ) {
        let ink = self.ink(colour);
        for y in from.max(0)..to.min(HEIGHT) {
            let Some((left, right)) = span(y) else { continue };
            let row = index(y, HEIGHT) * index(WIDTH, WIDTH);
            let (left, right) = (index(left, WIDTH), index(right, WIDTH));
            if left < right {
                self.pixels[row + left..row + right].fill(ink);
            }
        }
    }

    /// A rectangle with round corners.
    pub fn block(&mut self, (x, y): Point, width: i32, height: i32, round: i32, colour: Colour) {
        self.rows(y, y + height, colour, |row| {
            let edge = (row - y).min(y + height - 1 - row);
            let inset = if edge < round {
                let rise = round - edge;
                round - (round * round - rise * rise).max(0).isqrt()
            } else {
                0
            };
            Some((x + inset, x + width - inset))
        });
    }

    /// An ellipse around a point.
    pub fn ellipse(&mut self, (x, y): Point, wide: i32, high: i32, colour: Colour) {
        self.rows(y - high, y + high, colour, |row| {
            let rise = row - y;
            let half = wide * (high * high - rise * rise).max(0).isqrt() / high.max(1);
            Some((x - half, x + half))
        });
    }

    /// A convex area.
    pub fn area(&mut self, corners: &[Point], colour: Colour) {
        let top = corners.iter().map(|corner| corner.1).min().unwrap_or(0);
        let bottom = corners.iter().map(|corner| corner.1).max().unwrap_or(0);
        self.rows(top, bottom, colour, |row| {
            let ends = corners.iter().zip(corners.iter().cycle().skip(1));
            let crossed = ends.filter_map(|(a, b)| {
                let (low, high) = if a.1 <= b.1 { (a, b) } else { (b, a) };
                let crosses = low.1 <= row && row < high.1;
                crosses.then(|| low.0 + (high.0 - low.0) * (row - low.1) / (high.1 - low.1))
            });
            let (left, right) =
                crossed.fold((i32::MAX, i32::MIN), |(l, r), x| (l.min(x), r.max(x)));
            (left < right).then_some((left, right))
        });
    }

    /// The picture as PNG.
    pub fn png(&self) -> Vec<u8> {
        png::write(index(WIDTH, WIDTH), &self.palette, &self.pixels)
    }
}

/// So many parts of the way from one colour to another.
pub fn mix(from: Colour, to: Colour, part: i32, of: i32) -> Colour {
    std::array::from_fn(|i| {
        let (from, to) = (i32::from(from[i]), i32::from(to[i]));
        u8::try_from(from + (to - from) * part / of.max(1)).unwrap_or(0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_that_reach_beyond_the_edge_are_cut() {
        let mut canvas = Canvas::new([0; 3], [255; 3]);
        canvas.block((-50, -50), 2000, 60, 900, [1, 2, 3]);
        canvas.ellipse((WIDTH, HEIGHT), 300, 0, [1, 2, 3]);
        canvas.area(&[(-10, 5000), (9999, -5000), (3, 4)], [1, 2, 3]);
        canvas.area(&[], [1, 2, 3]);
        assert!(!canvas.png().is_empty());
    }

    #[test]
    fn a_palette_has_no_more_than_its_places() {
        let mut canvas = Canvas::new([0; 3], [0; 3]);
        for red in 0..=255 {
            canvas.ellipse((10, 10), 5, 5, [red, 1, 1]);
            canvas.ellipse((10, 10), 5, 5, [red, 2, 2]);
        }
        assert_eq!(canvas.palette.len(), 256);
    }

    #[test]
    fn colours_are_mixed_evenly() {
        assert_eq!(mix([0, 100, 200], [100, 0, 200], 1, 2), [50, 50, 200]);
    }
}
