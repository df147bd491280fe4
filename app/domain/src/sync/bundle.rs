//! Unsent ops as a file: the way out of a phone that cannot send or cannot store. Text, so that a chat app carries it; the ops byte for
//! byte as they were made, one a line, between a head and a checksum. The checksum finds damage, not forgeries (those: [`crate::carry`]).
//!
//! ```text
//! {"format":"so-lien-he/chua-gui","version":1,"made":…,"dev":"…","device":"…","app":"…","count":2}
//! {"v":1,"id":…}
//! {"v":1,"id":…}
//! !["key","bytes that are no op"]
//! #0123456789abcdef
//! ```

use super::boot::Damaged;
use super::entry::Entry;
use super::port::Port;
use crate::id::{DeviceId, OpId};
use crate::op::Op;
use crate::time::Millis;
use crate::wire::Session;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What the first line says.
const FORMAT: &str = "so-lien-he/chua-gui";
/// The version that this build writes, and the highest that it reads.
const VERSION: u16 = 1;
/// The largest file that is read, in bytes.
pub const MOST_BYTES: usize = 8 * 1024 * 1024;

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Always the same.
    format: String,
    /// Version of the format.
    version: u16,
    /// When the file was made, by that phone's clock.
    pub made: Millis,
    /// The phone.
    pub dev: DeviceId,
    /// As its owner calls it.
    pub device: String,
    /// Its build.
    pub app: String,
    /// How many ops follow.
    pub count: usize,
}

/// A file that was read.
#[derive(Debug)]
pub struct Bundle {
    /// The first line.
    pub head: Head,
    /// The ops with their bytes, in the order of the file.
    pub ops: Vec<(Op, String)>,
    /// Stored bytes that were no op on that phone either. They are for a person to look at.
    pub damaged: usize,
}

/// Why a file is not taken. Nothing of it is used then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadBundle {
    /// Another file.
    #[error("not a file of ours")]
    NotOurs,
    /// Made by a newer build.
    #[error("a newer file format")]
    Newer,
    /// Ours, but not whole any more.
    #[error("damaged")]
    Damaged,
    /// More than [`MOST_BYTES`].
    #[error("too large")]
    TooLarge,
}

/// The file of everything on this phone that has no answer yet, also of other accounts of the phone. Comes from memory: it needs neither
/// network nor storage. None: nobody is signed in, or nothing waits.
pub fn pack<P: Port>(p: &P, damaged: &[Damaged], app: &str) -> Option<String> {
    let session = p.session()?;
    let raws = p.memory().raws.borrow();
    let mut ops: Vec<String> = Vec::new();
    p.outbox(&mut |outbox| {
        let text = |e: &Entry| raws.get(&e.id).map(|raw| p.outgoing(e.id, raw));
        ops = outbox.iter().filter(|e| e.is_waiting()).filter_map(text).collect();
    });
    let nothing = ops.is_empty() && damaged.is_empty();
    (!nothing).then(|| write(&session, p.now(), app, ops, damaged))
}

/// The file of these ops and of these bytes that are none.
#[must_use]
pub fn write(session: &Session, made: Millis, app: &str, ops: Vec<String>, damaged: &[Damaged]) -> String {
    // A line is an op; bytes with a line break in them were never made by us, and travel as damaged ones do.
    let (ops, odd): (Vec<String>, Vec<String>) = ops.into_iter().partition(|raw| !raw.contains(['\n', '\r']));
    let head = Head {
        format: FORMAT.to_owned(),
        version: VERSION,
        made,
        dev: session.dev,
        device: session.device_name.clone(),
        app: app.to_owned(),
        count: ops.len(),
    };
    // A struct of texts and numbers always serialises.
    let mut text = serde_json::to_string(&head).unwrap_or_default();
    for line in &ops {
        text.push('\n');
        text.push_str(line);
    }
    let broken = damaged.iter().map(|d| [d.key.as_str(), d.raw.as_str()]);
    for pair in broken.chain(odd.iter().map(|raw| ["", raw.as_str()])) {
        text.push_str("\n!");
        text.push_str(&serde_json::to_string(&pair).unwrap_or_default());
    }
    let sum = format!("\n#{:016x}\n", checksum(text.lines()));
    text + &sum
}

/// Reads a file: whole, or not at all. `bytes` may be anything.
pub fn unpack(bytes: &[u8]) -> Result<Bundle, BadBundle> {
    #[derive(Deserialize)]
    struct Any {
        format: String,
        version: u16,
    }
    if bytes.len() > MOST_BYTES {
        return Err(BadBundle::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| BadBundle::NotOurs)?;
    // What mail programs and editors of other systems do to a text is no damage.
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').trim_end().lines().collect();
    let first = lines.first().copied().unwrap_or_default();
    let any: Any = serde_json::from_str(first)
        .map_err(|_| if first.contains(FORMAT) { BadBundle::Damaged } else { BadBundle::NotOurs })?;
    if any.format != FORMAT {
        return Err(BadBundle::NotOurs);
    }
    if any.version > VERSION {
        return Err(BadBundle::Newer);
    }
    let head: Head = serde_json::from_str(first).map_err(|_| BadBundle::Damaged)?;
    let (last, whole) = lines.split_last().ok_or(BadBundle::Damaged)?;
    let said = last.strip_prefix('#').and_then(|sum| u64::from_str_radix(sum, 16).ok());
    if said != Some(checksum(whole.iter().copied())) {
        return Err(BadBundle::Damaged);
    }
    let mut bundle = Bundle { head, ops: Vec::new(), damaged: 0 };
    let mut ids: BTreeSet<OpId> = BTreeSet::new();
    for line in whole.iter().skip(1) {
        if line.starts_with('!') {
            bundle.damaged += 1;
            continue;
        }
        let op = Op::parse(line).map_err(|_| BadBundle::Damaged)?;
        if !ids.insert(op.id) {
            return Err(BadBundle::Damaged);
        }
        bundle.ops.push((op, (*line).to_owned()));
    }
    if bundle.ops.len() == bundle.head.count { Ok(bundle) } else { Err(BadBundle::Damaged) }
}

/// FNV-1a over the lines, each ended by a line feed.
fn checksum<'a>(lines: impl Iterator<Item = &'a str>) -> u64 {
    let bytes = lines.flat_map(|line| line.bytes().chain([b'\n']));
    bytes.fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{AccountId, UnitId};
    use crate::op::ENVELOPE;
    use crate::wire::Me;
    use uuid::Uuid;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }
    fn op(n: u128, text: &str) -> String {
        let op = Op {
            v: ENVELOPE,
            id: OpId(id(n)),
            dev: DeviceId(id(1)),
            w: id(2),
            n: 1,
            act: AccountId(id(3)),
            u: UnitId(id(4)),
            k: "test".into(),
            kv: 1,
            deps: vec![],
            b: serde_json::json!({ "text": text }),
            t: Millis(5),
            m: 6,
            s: id(7),
            app: "0.1.0".into(),
        };
        op.encode()
    }
    fn session() -> Session {
        let me = Me { id: AccountId(id(3)), name: "Thử".into(), member: None, roles: vec![] };
        Session {
            me,
            dev: DeviceId(id(1)),
            device_name: "Máy bí thư".into(),
            epoch: id(9),
            lease_days: 90,
            answer_days: crate::request::usual(),
            set_up_sign_in: false,
        }
    }
    fn file() -> (Vec<String>, String) {
        let ops = vec![op(10, "một"), op(11, "hai\nba \u{2028} «bốn»")];
        let damaged = Damaged { key: "01".into(), raw: "{\"v\":1,\n\"id".into() };
        (ops.clone(), write(&session(), Millis(1_795_300_000_000), "0.1.0", ops, &[damaged]))
    }

    #[test]
    fn what_goes_in_comes_out_byte_for_byte() {
        let (ops, text) = file();
        let first = r#"{"format":"so-lien-he/chua-gui","version":1,"made":1795300000000,"dev":"00000000-0000-0000-0000-000000000001","device":"Máy bí thư","app":"0.1.0","count":2}"#;
        assert_eq!(text.lines().next(), Some(first), "the form of a file never changes");
        assert_eq!(text.lines().last(), Some("#40090dd3d05ec4a7"));
        let read = unpack(text.as_bytes()).unwrap();
        assert_eq!(read.ops.iter().map(|(_, raw)| raw.clone()).collect::<Vec<_>>(), ops);
        assert_eq!((read.damaged, read.head.count, read.head.device.as_str()), (1, 2, "Máy bí thư"));
        // What mail programs do to a text.
        let mailed = format!("\u{feff}{}\r\n\r\n", text.trim_end().replace('\n', "\r\n"));
        assert_eq!(unpack(mailed.as_bytes()).unwrap().ops.len(), 2);
    }

    #[test]
    fn a_file_that_is_not_whole_is_not_taken() {
        let (_, text) = file();
        let bytes = text.as_bytes();
        for cut in 0..bytes.len() - 1 {
            assert!(unpack(&bytes[..cut]).is_err(), "cut at {cut}");
        }
        for place in 0..bytes.len() {
            for bit in 0..8 {
                let mut bytes = bytes.to_vec();
                bytes[place] ^= 1 << bit;
                // A letter of the sum may become a capital, the last line break a blank: the file says the same.
                if let Ok(read) = unpack(&bytes) {
                    assert!(place > bytes.len() - 19, "bit {bit} of {place}");
                    assert_eq!(read.ops.len(), 2);
                }
            }
        }
    }

    #[test]
    fn other_files_are_told_apart() {
        let (ops, text) = file();
        let sealed = |body: String| format!("{body}\n#{:016x}\n", checksum(body.lines()));
        let lines: Vec<&str> = text.lines().collect();
        let newer = text.replace(r#""version":1"#, r#""version":2"#);
        let fewer = sealed([lines[0], lines[1]].join("\n"));
        let twice = sealed([lines[0], lines[1], lines[1]].join("\n"));
        let foreign = sealed([lines[0], lines[1], "{\"v\":1}"].join("\n"));
        let huge = "x".repeat(MOST_BYTES + 1);
        for (bytes, why) in [
            (&b""[..], BadBundle::NotOurs),
            (&b"PK\x03\x04\xff\xfe"[..], BadBundle::NotOurs),
            (&b"[1,2,3]"[..], BadBundle::NotOurs),
            (&br#"{"format":"photos","version":1}"#[..], BadBundle::NotOurs),
            (ops[0].as_bytes(), BadBundle::NotOurs),
            (newer.as_bytes(), BadBundle::Newer),
            (fewer.as_bytes(), BadBundle::Damaged),
            (twice.as_bytes(), BadBundle::Damaged),
            (foreign.as_bytes(), BadBundle::Damaged),
            (huge.as_bytes(), BadBundle::TooLarge),
        ] {
            assert_eq!(unpack(bytes).unwrap_err(), why, "{}", String::from_utf8_lossy(&bytes[..bytes.len().min(60)]));
        }
    }
}
