//! A QR code as a picture of its own: black on white whatever the theme, with the quiet zone that cameras need. Knows nothing of what it says.

use leptos::prelude::*;
use qrcode::types::QrError;
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write as _;

/// Light modules around the code (ISO/IEC 18004: four).
const QUIET: usize = 4;

/// The picture of a text; nothing for a text that no code can hold (about 2,300 bytes at level M).
pub fn qr(text: &str, label: &'static str) -> AnyView {
    let Ok((side, path)) = drawn(text) else { return ().into_any() };
    let side = side.to_string();
    let view_box = ["0 0 ", &side, " ", &side].concat();
    view! {
        <svg class="qr" viewBox=view_box role="img" aria-label=label shape-rendering="crispEdges" data-testid="qr">
            <rect width=side.clone() height=side fill="#fff"></rect>
            <path d=path fill="#000"></path>
        </svg>
    }
    .into_any()
}

/// The side with its quiet zone, in modules, and the dark ones as one path: a bar for each run in a row.
fn drawn(text: &str) -> Result<(usize, String), QrError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)?;
    let (width, modules) = (code.width(), code.to_colors());
    let mut path = String::new();
    for (y, row) in modules.chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            let n = run.len();
            if run.first() == Some(&Color::Dark) {
                // Writing into a string cannot fail.
                let _ = write!(path, "M{} {}h{n}v1h-{n}z", x + QUIET, y + QUIET);
            }
            x += n;
        }
    }
    Ok((width + 2 * QUIET, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The dark modules that a path draws.
    fn modules(path: &str) -> Vec<(usize, usize)> {
        let mut all = Vec::new();
        for bar in path.split_terminator('z') {
            let (at, rest) = bar.strip_prefix('M').unwrap().split_once('h').unwrap();
            let (x, y) = at.split_once(' ').unwrap();
            let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
            let n: usize = rest.split_once('v').unwrap().0.parse().unwrap();
            all.extend((x..x + n).map(|x| (x, y)));
        }
        all
    }

    #[test]
    fn a_link_is_drawn_whole_with_a_quiet_zone() {
        let link = "https://so.phuong-an-hoa.example.vn/vao#abcd-efgh-jkmn";
        let (side, path) = drawn(link).unwrap();
        assert_eq!(side, 33 + 8, "version 4 holds such a link at level M");
        let dark = modules(&path);
        let code = QrCode::with_error_correction_level(link, EcLevel::M).unwrap();
        let colors = code.to_colors();
        let expected: Vec<(usize, usize)> =
            (0..33 * 33).filter(|n| colors[*n] == Color::Dark).map(|n| (n % 33 + QUIET, n / 33 + QUIET)).collect();
        assert_eq!(dark, expected);
        assert!(dark.iter().all(|(x, y)| (QUIET..side - QUIET).contains(x) && (QUIET..side - QUIET).contains(y)));
        assert!(drawn(&"x".repeat(3000)).is_err());
    }
}
