//! Names of people: given name, order in a list, initials, capitals.

use super::{fold_vi, push_rank, tone_of, word, words};

/// The given name: the last word. Something in brackets after it (*Nguyễn Văn Hùng (A)*) is passed over.
/// Empty for an empty name.
#[must_use]
pub fn given_name(name: &str) -> &str {
    name.split_whitespace().rev().find(|w| !w.starts_with('(')).unwrap_or("")
}

/// The first letters of all words, folded: *Nguyễn Văn Hùng* → `nvh`.
#[must_use]
pub fn initials(name: &str) -> String {
    name.split_whitespace().filter_map(|w| fold_vi(w).chars().find(|c| c.is_alphanumeric())).collect()
}

/// Compares like a Vietnamese list of names: by given name, then by family and middle names, letters before tones.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SortKey(Vec<u8>);

/// Makes the key by which a list of people is sorted. Letters in the order a ă â … d đ e ê … o ô ơ … u ư, tones as
/// *ngang, huyền, hỏi, ngã, sắc, nặng* where the letters of a syllable are equal.
#[must_use]
pub fn sort_key(name: &str) -> SortKey {
    let given = given_name(name);
    let mut key = Vec::with_capacity(name.len() + 8);
    push_word(&mut key, given);
    let mut rest: Vec<&str> = name.split_whitespace().collect();
    if let Some(at) = rest.iter().rposition(|w| *w == given) {
        rest.remove(at);
    }
    for w in rest {
        push_word(&mut key, w);
    }
    SortKey(key)
}

fn push_word(key: &mut Vec<u8>, text: &str) {
    let glyphs = word(text);
    for g in &glyphs {
        push_rank(key, *g);
    }
    // Below every letter and digit, so that a shorter word comes first.
    key.push(1);
    key.push(tone_of(&glyphs));
}

/// *NGUYỄN VĂN HÙNG* and *nguyễn văn hùng* → *Nguyễn Văn Hùng*. A name that has both capitals and small letters is
/// left as its writer wrote it, apart from white space.
#[must_use]
pub fn title_case_name(name: &str) -> String {
    let clean = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let capitals = clean.chars().any(char::is_uppercase);
    let small = clean.chars().any(char::is_lowercase);
    if capitals && small || words(&clean).is_empty() {
        return clean;
    }
    let mut out = String::with_capacity(clean.len());
    let mut start = true;
    for c in clean.chars() {
        if start {
            out.extend(c.to_uppercase());
        } else {
            out.extend(c.to_lowercase());
        }
        start = matches!(c, ' ' | '\'' | '’' | '-' | '(' | '.');
    }
    out
}
