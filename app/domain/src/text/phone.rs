//! Phone numbers of Vietnam as people type them and as spreadsheets damage them.

/// Digits with the leading zero: ten for a mobile (`03…`, `05…`, `07…`, `08…`, `09…`), eleven for a landline (`02…`).
///
/// Forgives spaces, dots, hyphens, brackets, `+84`, `84`, `0084`, a leading zero lost in a number cell, and `.0` of a float.
/// Of several numbers in one text, the first. `None` when it is no number that could be dialled.
#[must_use]
pub fn phone_vi(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches('\'');
    if let Some((whole, zeros)) = text.split_once('.')
        && !zeros.is_empty()
        && zeros.bytes().all(|b| b == b'0')
        && let Some(phone) = one(whole)
    {
        return Some(phone);
    }
    one(text).or_else(|| text.split(['/', ';', ',', '\n']).find_map(one))
}

fn one(text: &str) -> Option<String> {
    let mut digits = String::with_capacity(12);
    for c in text.chars() {
        match c {
            '0'..='9' => digits.push(c),
            '.' | '-' | '–' | '(' | ')' | '\u{200b}' | '\u{feff}' => {}
            '+' if digits.is_empty() => {}
            c if c.is_whitespace() => {}
            _ => return None,
        }
    }
    let d = digits.strip_prefix("00").unwrap_or(&digits);
    let d = if d.len() >= 11 { d.strip_prefix("84").unwrap_or(d) } else { d };
    let national = d.strip_prefix('0').unwrap_or(d);
    let kind = national.as_bytes().first()?;
    let fits = match national.len() {
        9 => matches!(kind, b'3' | b'5' | b'7' | b'8' | b'9'),
        10 => *kind == b'2',
        _ => false,
    };
    fits.then(|| format!("0{national}"))
}
