//! T12: what phones of every release send, against this server; and what phones of a later one will send. A release's requests lie in
//! `tests/released/requests-<version>.jsonl`, byte for byte but for what a server gives out (`{{dev}}`, `{{cursor}}`, `{{writer}}`).
//!
//! `UPDATE_RELEASED=1 cargo test -p server --test server released` records the present release. Files of past ones are never written again.
//!
//! There is one release so far. "A later one" is therefore simulated: the recorded ops with kinds, versions and fields that nobody knows
//! yet. A real older server is asked by `reliability::versions`, where somebody names its program.

use crate::helpers::*;
use domain::closing::{Closing, UnsentOf};
use domain::decide::Why;
use domain::id::DeviceId;
use domain::member::{EndReason, Ending};
use domain::op::{Body, Op};
use domain::presence::{PresentAs, Told, Who};
use domain::request::Outcome;
use domain::wire::{OpResult, PullAnswer, PushAnswer, Ruling};
use reqwest::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use uuid::Uuid;

/// One request, and what was said to it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Line {
    who: String,
    /// The body of a push.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    push: String,
    /// The query of a pull.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pull: String,
    /// Ruling of each op, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rulings: Vec<Ruling>,
    /// Tables of the rows that came.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    tables: BTreeSet<String>,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/released")
}
fn present_release() -> PathBuf {
    folder().join(concat!("requests-", env!("CARGO_PKG_VERSION"), ".jsonl"))
}
fn lines(file: &PathBuf) -> Vec<Line> {
    let text = std::fs::read_to_string(file).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Phones that repeat what was recorded.
struct Players<'a> {
    world: &'a World,
    phones: BTreeMap<String, (Phone, String)>,
}

impl<'a> Players<'a> {
    fn new(world: &'a World) -> Self {
        Self { world, phones: BTreeMap::new() }
    }
    async fn phone(&mut self, who: &str) -> &mut (Phone, String) {
        if !self.phones.contains_key(who) {
            let phone = self.world.phone(who).await;
            self.phones.insert(who.to_owned(), (phone, String::new()));
        }
        self.phones.get_mut(who).unwrap()
    }
    async fn push(&mut self, who: &str, body: &str) -> Vec<OpResult> {
        let (phone, _) = self.phone(who).await;
        let answer = phone.push_text(body.replace("{{dev}}", &phone.device().to_string())).await;
        assert_eq!(answer.status(), StatusCode::OK, "{who}: {body}");
        let answer: PushAnswer = answer.json().await.unwrap();
        assert_eq!(answer.proto, 1);
        answer.results
    }
    async fn pull(&mut self, who: &str, query: &str) -> PullAnswer {
        let (phone, cursor) = self.phone(who).await;
        let answer = phone.get(&format!("/pull?{}", query.replace("{{cursor}}", cursor))).await;
        assert_eq!(answer.status(), StatusCode::OK, "{who}: {query}");
        let answer: PullAnswer = answer.json().await.unwrap();
        cursor.clone_from(&answer.cursor);
        answer
    }
}

/// One evening in which every kind of op is sent, some twice, some too early, some by the wrong person.
async fn record(world: &World) -> Vec<Line> {
    let mut players = Players::new(world);
    let mut made = Vec::new();
    let mut phones = BTreeMap::new();
    for who in ["secretary", "secretary2", "member", "ward"] {
        phones.insert(who, world.phone(who).await);
    }
    let op = |who: &str, body: &Body| phones[who].op("A", body);
    let texts = |ops: &[Op]| ops.iter().map(Op::encode).collect::<Vec<_>>();
    let mut push = |who: &str, ops: &[String]| {
        let body = phones[who].request(ops).replace(&phones[who].device().to_string(), "{{dev}}");
        made.push(Line { who: who.to_owned(), push: body, ..Line::default() });
    };
    let who_is = |word: &str| Who::Member(id(word));
    let early = op("secretary2", &present("evening", "a1"));
    push("secretary2", &texts(std::slice::from_ref(&early)));
    push("secretary", &texts(&[op("secretary", &Body::MemberPut { member: member("a4", "A") })]));
    push("secretary", &texts(&[op("secretary", &planned("evening")), op("secretary", &opened("evening"))]));
    let first = op("secretary", &present("evening", "a2"));
    let excused =
        Body::Excused { meeting: id("evening"), member: id("a3"), reason: "Đi công tác".into(), told: Told::Before };
    let absent = Body::MarkedAbsent { meeting: id("evening"), member: id("a4") };
    let batch = [first.clone(), op("secretary", &excused), op("secretary", &absent)];
    push("secretary", &texts(&batch));
    push("secretary", &texts(&batch));
    let voided = Body::Voided { meeting: id("evening"), who: who_is("a2"), ops: [first.id].into() };
    push("secretary", &texts(&[op("secretary", &voided)]));
    let come = op("secretary", &guest("khach", "evening"));
    let mut seen = op(
        "secretary",
        &Body::Present {
            meeting: id("evening"),
            who: Who::Guest(id("khach")),
            present: PresentAs::LeftEarly,
            how: domain::op::How::Roll,
            code: None,
        },
    );
    seen.deps = vec![come.id];
    push("secretary", &texts(&[come, seen]));
    push("member", &texts(&[op("member", &own_present("evening", "a1", Some("123456")))]));
    push("member", &texts(&[op("member", &own_present("evening", "a1", Some("000000")))]));
    push("member", &texts(&[op("member", &Body::MarkedAbsent { meeting: id("evening"), member: id("a2") })]));
    push("secretary", &texts(&[op("secretary", &written("tin", T0))]));
    push("member", &texts(&[op("member", &Body::NoticeRead { notice: id("tin") })]));
    let mut other = first.clone();
    other.b = present("evening", "a3").to_value();
    push("secretary", &texts(&[other]));
    push("secretary", &texts(&[op("secretary", &closed("evening"))]));
    push("secretary2", &texts(&[op("secretary2", &present("evening", "a3"))]));
    let unsent = vec![UnsentOf { dev: DeviceId(Uuid::from_u128(7)), name: "Máy khác".into(), ops: vec![op_id()] }];
    let seen = Closing { count: 5, sum: "00000000000000ff".into(), unsent };
    push("secretary", &texts(&[op("secretary", &Body::MeetingClosedSeen { meeting: id("evening"), seen })]));
    push("secretary", &texts(&[op("secretary", &Body::CarriedAccepted { ops: [first.id].into() })]));
    push("secretary", &texts(&[op("secretary", &withdrawn("tin"))]));
    let ending = Ending { on: chrono::NaiveDate::from_ymd_opt(2026, 12, 1).unwrap(), reason: EndReason::Moved };
    push("secretary", &texts(&[op("secretary", &Body::MemberEnded { member: id("a4"), ending })]));
    let request = op("member", &asked("Số mới: 0900000001"));
    let answer = op("secretary", &answered(request.id, Outcome::Partly, "Đã sửa số, nơi ở còn phải hỏi."));
    push("secretary", &texts(std::slice::from_ref(&answer)));
    push("member", &texts(std::slice::from_ref(&request)));
    push("ward", &texts(&[op("ward", &answered(request.id, Outcome::Done, "Đã xong."))]));
    push("member", &texts(&[op("member", &Body::RequestWithdrawn { request: request.id })]));
    let yes = op("member", &agreed());
    let mut no = op("member", &Body::ConsentWithdrawn { ops: [yes.id].into() });
    no.deps = vec![yes.id];
    push("member", &texts(&[yes, no]));
    push("ward", &texts(&[op("ward", &Body::MeetingCancelled { meeting: id("evening") })]));
    push("secretary", &[]);
    let mut writers = Vec::new();
    for line in &made {
        let body: Value = serde_json::from_str(&line.push).unwrap();
        writers.extend(body["ops"].as_array().unwrap().iter().map(|op| op["w"].as_str().unwrap().to_owned()));
    }
    for (who, query) in [
        ("secretary", "cursor=&limit=500".to_owned()),
        ("secretary", "cursor={{cursor}}&limit=500".to_owned()),
        ("secretary", format!("cursor={{{{cursor}}}}&limit=500&writers={}", writers[1].replace('-', ""))),
        ("secretary", "cursor=kept-from-another-server&limit=500".to_owned()),
        ("member", "cursor=&limit=2".to_owned()),
        ("member", "cursor={{cursor}}&limit=500".to_owned()),
        ("ward", "cursor=&limit=500".to_owned()),
    ] {
        made.push(Line { who: who.to_owned(), pull: query, ..Line::default() });
    }
    // What is said to them is what a fresh server says.
    let fresh = World::new().await;
    players.world = &fresh;
    for line in &mut made {
        let done = play(&mut players, line).await;
        (line.rulings, line.tables) = (done.rulings, done.tables);
    }
    drop(players);
    fresh.stop().await;
    made
}

async fn play(players: &mut Players<'_>, line: &Line) -> Line {
    let mut done = Line::default();
    if line.pull.is_empty() {
        let results = players.push(&line.who, &line.push).await;
        let asked: Value = serde_json::from_str(&line.push).unwrap();
        assert_eq!(results.len(), asked["ops"].as_array().unwrap().len(), "one result per op");
        done.rulings = results.iter().map(|r| r.r).collect();
    } else {
        done.tables = players.pull(&line.who, &line.pull).await.rows.into_iter().map(|r| r.table).collect();
    }
    done
}

#[tokio::test]
async fn requests_of_every_release_are_answered_as_they_were() {
    if std::env::var_os("UPDATE_RELEASED").is_some() {
        let world = World::new().await;
        let text: Vec<String> = record(&world).await.iter().map(|line| serde_json::to_string(line).unwrap()).collect();
        std::fs::write(present_release(), text.join("\n") + "\n").unwrap();
        world.stop().await;
    }
    assert!(present_release().exists(), "this release is not recorded: UPDATE_RELEASED=1");
    let mut files = 0;
    for entry in std::fs::read_dir(folder()).unwrap() {
        let file = entry.unwrap().path();
        files += 1;
        let world = World::new().await;
        let mut players = Players::new(&world);
        let mut kinds = BTreeSet::new();
        for (n, line) in lines(&file).iter().enumerate() {
            let done = play(&mut players, line).await;
            assert!(!done.rulings.contains(&Ruling::Bad), "{} line {}: {line:?}", file.display(), n + 1);
            assert_eq!(done.rulings, line.rulings, "{} line {}: {line:?}", file.display(), n + 1);
            assert!(done.tables.is_superset(&line.tables), "{} line {}: {done:?}", file.display(), n + 1);
            let body: Value = serde_json::from_str(&line.push).unwrap_or_default();
            let ops = body["ops"].as_array().cloned().unwrap_or_default();
            kinds.extend(ops.iter().map(|op| (op["k"].as_str().unwrap().to_owned(), op["kv"].as_u64().unwrap())));
        }
        // Every kind of that release, as its golden file knows them.
        let version = file.file_stem().unwrap().to_str().unwrap().trim_start_matches("requests-").to_owned();
        let golden = folder().join(format!("../../../app/domain/tests/golden/ops-{version}.jsonl"));
        let golden = std::fs::read_to_string(golden).unwrap();
        let released: BTreeSet<(String, u64)> = golden
            .lines()
            .map(|l| serde_json::from_str::<Value>(l).unwrap())
            .map(|op| (op["k"].as_str().unwrap().to_owned(), op["kv"].as_u64().unwrap()))
            .collect();
        assert_eq!(kinds, released, "a kind of {version} was not recorded");
        world.stop().await;
    }
    assert!(files > 0);
}

/// What a later release may send: unknown kinds, unknown versions, unknown fields. Nothing is bad, and what cannot be understood is held,
/// before a person's eyes, byte for byte.
#[tokio::test]
async fn ops_of_a_later_release_are_held_and_nothing_is_bad() {
    let world = World::new().await;
    let mut players = Players::new(&world);
    let mut held = 0;
    for line in lines(&present_release()).iter().filter(|l| !l.push.is_empty()) {
        let asked: Value = serde_json::from_str(&line.push).unwrap();
        for (n, op) in asked["ops"].as_array().unwrap().iter().enumerate() {
            for change in ["kind", "version"] {
                let mut later = op.clone();
                later["id"] = Uuid::now_v7().to_string().into();
                later["n"] = (1000 + n).into();
                match change {
                    "kind" => later["k"] = format!("{}_again", op["k"].as_str().unwrap()).into(),
                    _ => later["kv"] = 99.into(),
                }
                let mut body = asked.clone();
                body["ops"] = vec![later.clone()].into();
                body["sent_by"] = "a later release".into();
                let result = players.push(&line.who, &body.to_string()).await.remove(0);
                assert_eq!((result.r, result.why), (Ruling::Held, Some(Why::UnknownKind)), "{change}: {later}");
                // The same again is known, by its bytes.
                let again = players.push(&line.who, &body.to_string()).await.remove(0);
                assert_eq!((again.r, again.stored), (Ruling::Dup, Some(Ruling::Held)));
                held += 1;
            }
        }
    }
    assert!(held > 40, "{held}");
    let shown = players.pull("secretary", "cursor=&limit=1000").await;
    let shown = shown.rows.iter().filter(|r| r.table == "held" && r.row.is_some()).count();
    assert!(shown >= held / 2, "{shown} of {held} are on the secretary's screen");

    // A new field beside the old ones is kept and does no harm: the same rulings as without it.
    let other = World::new().await;
    let mut players = Players::new(&other);
    for line in lines(&present_release()) {
        let mut line = line.clone();
        if !line.push.is_empty() {
            let mut asked: Value = serde_json::from_str(&line.push).unwrap();
            for op in asked["ops"].as_array_mut().unwrap() {
                op["mood"] = "fine".into();
            }
            asked["network"] = "5g".into();
            line.push = asked.to_string();
        }
        let done = play(&mut players, &line).await;
        assert_eq!(done.rulings, line.rulings, "{line:?}");
    }
    other.stop().await;
    world.stop().await;
}
