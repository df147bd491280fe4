//! A file of another phone's unsent ops on its way to the server. They are that phone's: nothing of them is kept here, the file itself is
//! the copy that stays until the server has answered. Sending the same file again changes nothing.

use crate::api::{self, ApiError};
use crate::platform::clock;
use crate::state::App;
use domain::op::Op;
use domain::sync::batch::{Limits, Waiting, front, in_order};
use domain::wire::{PROTO, PushAnswer, PushRequest, Ruling};
use leptos::prelude::*;
use serde_json::value::RawValue;

/// What became of the ops of a file so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// In the book by this file.
    pub new: usize,
    /// The server had them already.
    pub known: usize,
    /// Kept at the server until somebody looks.
    pub held: usize,
    /// Not taken.
    pub refused: usize,
}

impl Delivered {
    /// All of them.
    #[must_use]
    pub const fn total(self) -> usize {
        self.new + self.known + self.held + self.refused
    }
    fn note(&mut self, ruling: Ruling, stored: Option<Ruling>) {
        match (ruling, stored) {
            (Ruling::Applied, _) => self.new += 1,
            (Ruling::Held, _) | (Ruling::Dup, Some(Ruling::Held)) => self.held += 1,
            (Ruling::Refused | Ruling::Clash | Ruling::Bad, _) | (Ruling::Dup, Some(Ruling::Refused)) => {
                self.refused += 1;
            }
            (Ruling::Dup, _) => self.known += 1,
        }
    }
}

/// Brings these ops to the server, in the order in which they were made. `progress` hears of each answer.
///
/// # Errors
/// The first request that failed. What was answered before stays; whoever tries again sends all of it again.
pub async fn deliver(app: App, ops: &[(Op, String)], progress: impl Fn(Delivered)) -> Result<Delivered, ApiError> {
    let done = send(app, "carry", ops, progress).await?;
    super::now(app);
    Ok(done)
}

/// The same by `push`, where they are those of whoever is signed in. Nothing is noted here of what the server says.
pub(crate) async fn send(
    app: App,
    to: &str,
    ops: &[(Op, String)],
    progress: impl Fn(Delivered),
) -> Result<Delivered, ApiError> {
    let waiting: Vec<Waiting<'_>> = ops.iter().map(|(op, raw)| Waiting { op, raw }).collect();
    let ordered = in_order(&waiting);
    let dev = app.session().with_untracked(|s| s.as_ref().map(|s| s.dev)).ok_or(ApiError::Offline)?;
    let mut done = Delivered::default();
    let mut rest = ordered.as_slice();
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at(front(rest, Limits::default()));
        rest = after;
        let request = PushRequest {
            proto: PROTO,
            dev,
            epoch: None,
            now_t: clock::now(),
            now_m: clock::monotonic(),
            s: app.core().memory.boot,
            ops: chunk.iter().filter_map(|w| RawValue::from_string(w.raw.to_owned()).ok()).collect(),
        };
        let answer: PushAnswer = api::post(to, &request).await?;
        if answer.proto != PROTO || answer.results.len() > chunk.len() {
            return Err(ApiError::BadAnswer);
        }
        for result in answer.results {
            done.note(result.r, result.stored);
        }
        progress(done);
    }
    Ok(done)
}
