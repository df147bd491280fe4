//! Where a phone stands: epoch, scope version and the number per stream. Opaque on the wire.

use crate::id::UnitId;
use std::collections::BTreeMap;
use uuid::Uuid;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The first half of the epoch.
    pub epoch: [u8; 8],
    /// The scope's version.
    pub scope: [u8; 8],
    /// Per stream, up to where the phone has everything of its scope.
    pub seqs: BTreeMap<UnitId, u64>,
}

/// The most streams that a cursor may name; longer ones are no cursor of ours.
const MOST_STREAMS: usize = 4_096;
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

impl Cursor {
    const VERSION: u8 = 1;
    /// At the very beginning.
    #[must_use]
    pub fn start(epoch: Uuid, scope: [u8; 8]) -> Self {
        let bytes = epoch.into_bytes();
        Self { epoch: std::array::from_fn(|i| bytes[i]), scope, seqs: BTreeMap::new() }
    }
    /// As text: base64 for URLs, without padding.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut bytes = vec![Self::VERSION];
        bytes.extend(self.epoch);
        bytes.extend(self.scope);
        for (stream, seq) in &self.seqs {
            bytes.extend(stream.0.as_bytes());
            bytes.extend(seq.to_be_bytes());
        }
        to_text(&bytes)
    }
    /// Reads what [`Cursor::encode`] wrote; `None` for anything else.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        if text.len() > (MOST_STREAMS * 24 + 17) * 4 / 3 + 3 {
            return None;
        }
        let bytes = to_bytes(text)?;
        let (version, rest) = bytes.split_first()?;
        let (epoch, rest) = rest.split_first_chunk::<8>()?;
        let (scope, rest) = rest.split_first_chunk::<8>()?;
        if *version != Self::VERSION || rest.len() % 24 != 0 {
            return None;
        }
        let mut seqs = BTreeMap::new();
        for entry in rest.chunks_exact(24) {
            let (stream, seq) = entry.split_first_chunk::<16>()?;
            seqs.insert(UnitId(Uuid::from_bytes(*stream)), u64::from_be_bytes(seq.try_into().ok()?));
        }
        Some(Self { epoch: *epoch, scope: *scope, seqs })
    }
}

fn to_text(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0u32, |w, b| w << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            out.push(char::from(DIGITS[(word >> (18 - 6 * place) & 63) as usize]));
        }
    }
    out
}

/// Only the one way in which [`to_text`] writes these bytes.
fn to_bytes(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 2);
    for chunk in text.as_bytes().chunks(4) {
        let mut word = 0u32;
        for digit in chunk {
            word = word << 6 | u32::try_from(DIGITS.iter().position(|d| d == digit)?).ok()?;
        }
        word <<= 6 * (4 - chunk.len());
        let full = chunk.len().checked_sub(1).filter(|n| *n > 0)?;
        let bytes = word.to_be_bytes();
        if bytes[1 + full..].iter().any(|b| *b != 0) {
            return None;
        }
        out.extend_from_slice(&bytes[1..=full]);
    }
    Some(out)
}
