//! Vietnamese text: folding for search, order of names, capitals, phone numbers.
//!
//! Pure tables of a few hundred bytes instead of a Unicode crate, because this runs on the phone. Precomposed (NFC)
//! and decomposed (NFD) input give the same answers. It knows nothing of members or files.

mod names;
mod natural;
mod phone;
mod search;

pub use names::{SortKey, given_name, initials, sort_key, title_case_name};
pub use natural::{NaturalKey, natural_key};
pub use phone::phone_vi;
pub use search::{Query, Rank, SearchKey};

/// No mark, and no tone (*ngang*).
pub(crate) const NONE: u8 = 0;
const BREVE: u8 = 1;
const CIRCUMFLEX: u8 = 2;
const HORN: u8 = 3;
const STROKE: u8 = 4;

/// One letter of any script, taken apart. Tones are numbered in dictionary order:
/// 0 *ngang*, 1 *huyền*, 2 *hỏi*, 3 *ngã*, 4 *sắc*, 5 *nặng*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Glyph {
    /// Lower case, without marks.
    pub base: char,
    /// Breve, circumflex, horn, stroke.
    pub mark: u8,
    /// Tone.
    pub tone: u8,
}

// U+1EA0…U+1EF9 come in pairs (capital, small) of 45 letters: ạ ả ấ ầ ẩ ẫ ậ ắ … ỳ ỵ ỷ ỹ.
const EXT_BASE: &[u8; 45] = b"aaaaaaaaaaaaeeeeeeeeiioooooooooooouuuuuuuyyyy";
const EXT_MARK: &[u8; 45] = b"002222211111000222220000222223333300333330000";
const EXT_TONE: &[u8; 45] = b"524123541235523412352552412354123552412351523";
// U+00E0…U+00FF, zero = no letter with a mark.
const LATIN1_BASE: &[u8; 32] = b"aaaaaa\0ceeeeiiii\0nooooo\0ouuuuy\0y";
const LATIN1_TONE: &[u8; 32] = b"14030000140014000314030001400400";
// U+0100…U+017F, for ă ĩ ũ đ and for names of the Central Highlands (ĕ ŏ ŭ č …).
const LATIN_A_BASE: &[u8; 128] = b"aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii\0\0jjkkkllllllllllnnnnnnnnnoooooo\0\0rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/// A lower-case letter with marks taken apart; anything else is its own base.
fn glyph(c: char) -> Glyph {
    let plain = Glyph { base: c, mark: NONE, tone: NONE };
    let at = |table: &[u8], first: u32| table.get((c as u32).wrapping_sub(first) as usize).copied().unwrap_or(0);
    let base = |byte: u8| if byte == 0 { c } else { char::from(byte) };
    match c {
        '\u{e0}'..='\u{ff}' => {
            let mark = if matches!(c, 'â' | 'ê' | 'î' | 'ô' | 'û') { CIRCUMFLEX } else { NONE };
            Glyph { base: base(at(LATIN1_BASE, 0xe0)), mark, tone: at(LATIN1_TONE, 0xe0).saturating_sub(b'0') }
        }
        '\u{100}'..='\u{17f}' => {
            let (mark, tone) = match c {
                'ă' | 'ĕ' | 'ğ' | 'ĭ' | 'ŏ' | 'ŭ' => (BREVE, NONE),
                'ĩ' | 'ũ' => (NONE, 3),
                'đ' => (STROKE, NONE),
                _ => (NONE, NONE),
            };
            Glyph { base: base(at(LATIN_A_BASE, 0x100)), mark, tone }
        }
        'ơ' => Glyph { base: 'o', mark: HORN, tone: NONE },
        'ư' => Glyph { base: 'u', mark: HORN, tone: NONE },
        '\u{1ea0}'..='\u{1ef9}' => {
            let i = (c as usize - 0x1ea0) / 2;
            Glyph { base: char::from(EXT_BASE[i]), mark: EXT_MARK[i] - b'0', tone: EXT_TONE[i] - b'0' }
        }
        _ => plain,
    }
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Invisible characters that spreadsheets and chat programs leave in names.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Lower case, without tone marks and other diacritics, *đ* → *d*, white space folded to single spaces and trimmed.
/// Other characters are kept. `fold_vi("Đặng  VĂN Hùng") == "dang van hung"`, from NFC and NFD alike.
#[must_use]
pub fn fold_vi(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_whitespace() {
            space = !out.is_empty();
        } else if !is_combining(c) && !is_invisible(c) {
            if space {
                out.push(' ');
                space = false;
            }
            out.push(if c.is_ascii() { c } else { glyph(c).base });
        }
    }
    out
}

/// The words of a text, each as letters taken apart.
pub(crate) fn words(text: &str) -> Vec<Vec<Glyph>> {
    text.split_whitespace().map(word).filter(|w| !w.is_empty()).collect()
}

fn word(text: &str) -> Vec<Glyph> {
    let mut out: Vec<Glyph> = Vec::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase).filter(|c| !is_invisible(*c)) {
        if !is_combining(c) {
            out.push(glyph(c));
        } else if let Some(last) = out.last_mut() {
            match c {
                '\u{306}' => last.mark = BREVE,
                '\u{302}' => last.mark = CIRCUMFLEX,
                '\u{31b}' => last.mark = HORN,
                '\u{300}' => last.tone = 1,
                '\u{309}' => last.tone = 2,
                '\u{303}' => last.tone = 3,
                '\u{301}' => last.tone = 4,
                '\u{323}' => last.tone = 5,
                _ => {}
            }
        }
    }
    out
}

/// The tone of a syllable, wherever it is written: *hoà* and *hòa* are one.
pub(crate) fn tone_of(word: &[Glyph]) -> u8 {
    word.iter().map(|g| g.tone).max().unwrap_or(NONE)
}

// Alphabet: a ă â b c d đ e ê f g h i j k l m n o ô ơ p q r s t u ư v w x y z, four places a letter.
const FIRST_LETTER: u8 = 0x20;
const AFTER_LETTERS: u8 = FIRST_LETTER + 26 * 4;

/// Appends the place of a letter in the Vietnamese alphabet, as bytes that compare like the alphabet.
/// Punctuation of ASCII is passed over.
pub(crate) fn push_rank(out: &mut Vec<u8>, g: Glyph) {
    match g.base {
        'a'..='z' => {
            let mark = match (g.base, g.mark) {
                ('a', BREVE) | ('d', STROKE) | ('e' | 'o', CIRCUMFLEX) | ('u', HORN) => 1,
                ('a', CIRCUMFLEX) | ('o', HORN) => 2,
                _ => 0,
            };
            out.push(FIRST_LETTER + (g.base as u8 - b'a') * 4 + mark);
        }
        '0'..='9' => out.push(0x10 + (g.base as u8 - b'0')),
        c if c.is_ascii() => {}
        c => {
            out.push(AFTER_LETTERS);
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
}

#[cfg(test)]
mod tests;
