//! A draft as the store keeps it: what was said, as JSON, and behind it the file as it came.

use super::{Decision, Understanding};
use crate::error::ApiError;
use domain::desk::ImportDone;
use serde::{Deserialize, Serialize};

/// A draft.
#[derive(Serialize, Deserialize)]
pub struct Draft {
    /// The name of the file.
    pub file: String,
    /// How it is read; none before the first look.
    pub understanding: Option<Understanding>,
    /// What was decided.
    pub decisions: Vec<Decision>,
    /// Digest of the preview that the person saw last.
    pub seen: Vec<u8>,
    /// It was confirmed.
    pub done: Option<ImportDone>,
    /// The file.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

impl Draft {
    /// What is left of a confirmed one.
    pub fn over(file: &str, done: ImportDone) -> Self {
        Self {
            file: file.to_owned(),
            understanding: None,
            decisions: vec![],
            seen: vec![],
            done: Some(done),
            bytes: vec![],
        }
    }
    /// Length of the JSON in four bytes, JSON, file.
    pub fn pack(&self) -> Result<Vec<u8>, ApiError> {
        let head = serde_json::to_vec(self).map_err(|_| ApiError::internal())?;
        let mut out = u32::try_from(head.len()).map_err(|_| ApiError::internal())?.to_be_bytes().to_vec();
        out.extend(head);
        out.extend(&self.bytes);
        Ok(out)
    }
    /// Reads what [`Draft::pack`] wrote.
    pub fn unpack(body: &[u8]) -> Result<Self, ApiError> {
        let read = || {
            let (length, rest) = body.split_first_chunk::<4>()?;
            let (head, file) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
            let draft: Self = serde_json::from_slice(head).ok()?;
            Some(Self { bytes: file.to_vec(), ..draft })
        };
        read().ok_or_else(|| {
            tracing::error!("unreadable draft");
            ApiError::internal()
        })
    }
}
