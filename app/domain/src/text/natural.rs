//! Order of names with numbers in them: *Chi bộ 2* before *Chi bộ 10*.

use super::{push_rank, tone_of, words};

/// Compares text by the Vietnamese alphabet and runs of digits as numbers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NaturalKey(Vec<u8>);

/// Makes the key by which units, groups and places are sorted. Numbers of any length; case and tones decide last.
#[must_use]
pub fn natural_key(text: &str) -> NaturalKey {
    let words = words(text);
    let mut key = Vec::with_capacity(text.len() * 2);
    for word in &words {
        let mut rest = word.as_slice();
        while let Some(first) = rest.first() {
            if first.base.is_ascii_digit() {
                let n = rest.iter().take_while(|g| g.base.is_ascii_digit()).count();
                let zeros = rest[..n].iter().take_while(|g| g.base == '0').count();
                key.push(0x10);
                // A longer number is a bigger one.
                key.push(u8::try_from(n - zeros).unwrap_or(u8::MAX));
                key.extend(rest[zeros..n].iter().map(|g| g.base as u8));
                rest = &rest[n..];
            } else {
                push_rank(&mut key, *first);
                rest = &rest[1..];
            }
        }
        key.push(1);
    }
    key.push(0);
    key.extend(words.iter().map(|w| tone_of(w)));
    NaturalKey(key)
}
