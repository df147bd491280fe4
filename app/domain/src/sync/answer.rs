//! Is it an answer, and what does it say? Anything that is not JSON of the right protocol is none and changes nothing; a result that
//! this build cannot read leaves its op where it was.

use super::entry::{Outcome, Stage};
use crate::id::UnitId;
use crate::time::Millis;
use crate::wire::{BAD_PROTO, ErrorBody, OpResult, PROTO, PullAnswer, PushAnswer, REVOKED, Ruling};
use serde::Deserialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Why something that came back is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// Nobody is signed in: 401.
    #[error("signed out")]
    SignedOut,
    /// This phone was signed out from elsewhere: it may push and read nothing.
    #[error("signed out from elsewhere")]
    Revoked,
    /// The server speaks another protocol. `newer`: than ours (also when it does not say), so that only a new build of the app helps;
    /// otherwise the server is behind.
    #[error("another protocol")]
    OtherProto {
        /// See above.
        newer: bool,
    },
    /// The server does not take this request as a whole (400, 413): try a smaller one.
    #[error("request not taken")]
    NotTaken,
    /// Any other status of a server: busy, broken, forbidden.
    #[error("status {0}")]
    Status(u16),
    /// Not JSON, or not our protocol: a captive portal, a cut answer, a newer server.
    #[error("not an answer of ours")]
    NotOurs,
}

fn ours(status: u16, is_json: bool, body: &str) -> Result<(), NoAnswer> {
    match status {
        200 if is_json => Ok(()),
        // Without JSON even an error is somebody else's.
        _ if !is_json || status < 400 => Err(NoAnswer::NotOurs),
        401 if has_code(body, REVOKED) => Err(NoAnswer::Revoked),
        401 => Err(NoAnswer::SignedOut),
        400 if has_code(body, BAD_PROTO) => Err(NoAnswer::OtherProto { newer: true }),
        400 | 413 => Err(NoAnswer::NotTaken),
        other => Err(NoAnswer::Status(other)),
    }
}

fn has_code(body: &str, code: &str) -> bool {
    serde_json::from_str::<ErrorBody>(body).is_ok_and(|e| e.code == code)
}

/// The protocol first: in another one nothing else of an answer is known.
fn our_proto(body: &str) -> Result<(), NoAnswer> {
    #[derive(Deserialize)]
    struct Head {
        proto: u16,
    }
    let Head { proto } = serde_json::from_str(body).map_err(|_| NoAnswer::NotOurs)?;
    if proto == PROTO { Ok(()) } else { Err(NoAnswer::OtherProto { newer: proto > PROTO }) }
}

/// Reads the answer to a push. Results that this build cannot read (a ruling of a newer server) are left out.
pub fn push_answer(status: u16, is_json: bool, body: &str) -> Result<PushAnswer, NoAnswer> {
    #[derive(Deserialize)]
    struct Loose {
        proto: u16,
        epoch: Uuid,
        now: Millis,
        #[serde(default)]
        safe_seq: BTreeMap<UnitId, u64>,
        #[serde(default)]
        twins: Vec<Uuid>,
        results: Vec<Box<serde_json::value::RawValue>>,
    }
    ours(status, is_json, body)?;
    our_proto(body)?;
    let mut loose: Loose = serde_json::from_str(body).map_err(|_| NoAnswer::NotOurs)?;
    let results =
        std::mem::take(&mut loose.results).into_iter().filter_map(|r| serde_json::from_str(r.get()).ok()).collect();
    let Loose { proto, epoch, now, safe_seq, twins, .. } = loose;
    Ok(PushAnswer { proto, epoch, now, safe_seq, twins, results })
}

/// Reads the answer to a pull.
pub fn pull_answer(status: u16, is_json: bool, body: &str) -> Result<PullAnswer, NoAnswer> {
    ours(status, is_json, body)?;
    our_proto(body)?;
    serde_json::from_str(body).map_err(|_| NoAnswer::NotOurs)
}

/// The stage of an op after the server's word about it (an answer to a push, or a `fate` row later). The same word twice changes
/// nothing. `epoch` and `at`: the server's, at that answer.
#[must_use]
pub fn settle(stage: Stage, result: &OpResult, epoch: Uuid, at: Millis) -> Stage {
    // A dup without the stored decision says nothing about the op but that the server has it.
    let Some(r) = (if result.r == Ruling::Dup { result.stored.filter(|r| *r != Ruling::Dup) } else { Some(result.r) })
    else {
        return stage;
    };
    let old = stage.outcome().filter(|o| o.epoch == Some(epoch));
    // An answer that was long on its way does not take back what was decided since.
    if r == Ruling::Held && old.is_some_and(Outcome::is_final) {
        return stage;
    }
    let outcome = Outcome {
        epoch: Some(epoch),
        r,
        seq: result.seq.or(old.and_then(|o| o.seq)),
        why: result.why,
        at: old.filter(|o| o.r == r && o.why == result.why).map_or(at, |o| o.at),
    };
    match (r, stage) {
        (Ruling::Applied, Stage::InBook { pulled, .. }) if old.is_some() => Stage::InBook { outcome, pulled },
        (Ruling::Applied, _) => Stage::InBook { outcome, pulled: false },
        // Put away stays put away while the word is the same.
        (_, Stage::PutAway { outcome: old }) if old.r == r && old.why == result.why => Stage::PutAway { outcome },
        _ => Stage::NeedsLook { outcome },
    }
}
