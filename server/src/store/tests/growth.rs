//! How the cost of a push, a pull, a ward's report and a start grows with the book: one ward of 6,000 members and four years of meetings,
//! then ten and a hundred of them. The book is made by SQL from texts of the real types, and the nightly comparison proves it right.
//!
//! `cargo xtask bench growth` runs it; what it prints stands in docs/bench.md.

use super::{Place, plans};
use crate::config::Config;
use crate::serve::{self, Running};
use crate::store::accounts::hash;
use crate::store::db::{Address, postgres_options, sqlite_options};
use crate::store::{made_here, system_clock};
use clap::Parser as _;
use domain::account::Role;
use domain::id::{AccountId, MeetingId, MemberId, OpId, UnitId};
use domain::meeting::{Form, Meeting, MeetingKind, MeetingPlan, MeetingStatus};
use domain::member::{Member, PersonName};
use domain::op::{Body, How, Op};
use domain::presence::{Mark, Presence, PresentAs, Who, Witness};
use domain::time::Millis;
use domain::unit::{Unit, UnitKind};
use domain::wire::{PullAnswer, PushAnswer, Ruling, Session};
use reqwest::Client;
use serde::Serialize;
use serde_json::json;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Executor as _};
use std::fmt::Write as _;
use std::time::{Duration, Instant};
use uuid::Uuid;

const CELLS: u64 = 20;
const MEMBERS: u64 = 300;
/// Four years of half-yearly meetings; the last one is open.
const MEETINGS: u64 = 8;

/// Places in the texts that the database fills in.
const OP: Uuid = Uuid::from_u128(0xf1);
const WARD: Uuid = Uuid::from_u128(0xf2);
const CELL: Uuid = Uuid::from_u128(0xf3);
const MEMBER: Uuid = Uuid::from_u128(0xf4);
const MEETING: Uuid = Uuid::from_u128(0xf5);
const SEQ: u64 = 987_654_321;

#[derive(Clone, Copy, PartialEq)]
enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// The text of the id of the `number`th thing of a kind.
    fn id(self, kind: u8, number: &str) -> String {
        match self {
            Self::Sqlite => format!("printf('0000000{kind}-0000-7000-8000-%012x', {number})"),
            Self::Postgres => format!("('0000000{kind}-0000-7000-8000-' || lpad(to_hex(({number})::bigint), 12, '0'))"),
        }
    }
    /// An id's text as the database keeps ids.
    fn key(self, text: &str) -> String {
        match self {
            Self::Sqlite => format!("unhex(replace({text}, '-', ''))"),
            Self::Postgres => format!("({text})::uuid"),
        }
    }
    fn fixed(self, id: Uuid) -> String {
        self.key(&format!("'{id}'"))
    }
    fn bytes(self, bytes: &[u8]) -> String {
        let hex = bytes.iter().fold(String::new(), |mut hex, b| {
            let _ = write!(hex, "{b:02x}");
            hex
        });
        match self {
            Self::Sqlite => format!("x'{hex}'"),
            Self::Postgres => format!("'\\x{hex}'::bytea"),
        }
    }
    /// Numbers from 0 on, as `name(n)`.
    fn numbers(self, name: &str, many: u64) -> String {
        match self {
            Self::Sqlite => {
                format!(
                    "(with recursive r(n) as (select 0 union all select n + 1 from r where n + 1 < {many}) select n as {name} from r)"
                )
            }
            Self::Postgres => {
                format!("(select n as {name} from generate_series(0::bigint, {many} - 1) as n) as t_{name}")
            }
        }
    }
}

/// A text of a real type as an expression: the places in it are filled by the database.
fn filled(text: &str, places: &[(String, &str)]) -> String {
    let mut sql = format!("'{}'", text.replace('\'', "''"));
    for (place, expression) in places {
        sql = sql.replace(place, &format!("' || {expression} || '"));
    }
    format!("({sql})")
}

fn text<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap()
}

fn plan() -> MeetingPlan {
    MeetingPlan {
        kind: MeetingKind::HalfYear,
        title: "Sinh hoạt 6 tháng".to_owned(),
        form: Form::InPerson,
        place: "Nhà văn hóa".to_owned(),
        starts: Millis(SEQ.cast_signed()),
        minutes: 30,
        agenda: String::new(),
        papers: Vec::new(),
        code: None,
    }
}

const SECRETARY: AccountId = AccountId(Uuid::from_u128(0xa1));
const WARD_STAFF: AccountId = AccountId(Uuid::from_u128(0xa2));

/// Everything of `wards` wards, as statements.
#[expect(clippy::too_many_lines, reason = "a list of statements")]
#[expect(clippy::many_single_char_names, reason = "ward, cell, member, turn: as in the statements")]
fn statements(d: Dialect, wards: u64) -> Vec<String> {
    let (ward, cell) = (d.id(1, "w"), d.id(2, "w * 20 + c"));
    let (member, meeting) = (d.id(3, "(w * 20 + c) * 300 + m"), d.id(4, "(w * 20 + c) * 8 + t"));
    let w = d.numbers("w", wards);
    let (c, m, t) = (d.numbers("c", CELLS), d.numbers("m", MEMBERS), d.numbers("t", MEETINGS));
    let one = Uuid::from_u128(1);
    let unit = |id, parent, kind, name: &str| Unit {
        id,
        parent,
        kind,
        name: name.to_owned(),
        online_allowed: false,
        closed: false,
    };
    let ward_unit = unit(UnitId(WARD), None, UnitKind::Ward, "Phường Mẫu");
    let cell_unit = unit(UnitId(CELL), Some(UnitId(WARD)), UnitKind::Cell, "Chi bộ Mẫu");
    let person = Member::new(MemberId(MEMBER), UnitId(CELL), PersonName::parse("Nguyễn Văn Mẫu").unwrap());
    let op = |body: &Body| {
        let mut op = made_here(SECRETARY, UnitId(CELL), body, Millis(0), one, 1);
        op.id = OpId(OP);
        op.encode()
    };
    let meeting_of =
        |status| Meeting { id: MeetingId(MEETING), unit: UnitId(CELL), plan: plan(), status, closing: None };
    let who = Who::Member(MemberId(MEMBER));
    let mut row = Presence::empty(MeetingId(MEETING), who);
    let mark = Mark::Present(PresentAs::OnTime);
    row.add_mark(OpId(OP), Witness { mark, by: SECRETARY, role: Role::Secretary, seq: Some(SEQ), t: Millis(0) });
    let places = |op: &str, seq: &str| {
        let op = op.to_owned();
        let seq = format!("({seq})");
        move |ward: &str, cell: &str, member: &str, meeting: &str, text: &str| {
            let all = [(OP, op.as_str()), (WARD, ward), (CELL, cell), (MEMBER, member), (MEETING, meeting)];
            let mut places: Vec<(String, &str)> = all.iter().map(|(id, sql)| (id.to_string(), *sql)).collect();
            places.push((SEQ.to_string(), &seq));
            filled(text, &places)
        }
    };
    let log = |from: &str, kind: &str, number: &str, seq: &str, body: &Body, only: &str| {
        let id = d.id(5, number);
        let raw = places(&id, "0")(&ward, &cell, &member, &meeting, &op(body));
        format!(
            "insert into op (stream, seq, id, dev, act, unit, kind, raw, verdict, role, at, received, w, n)
             select {}, {seq}, {}, {}, {}, {}, '{kind}', {raw}, 'applied', 'secretary', 0, 0, {}, {seq} from {from} {only}",
            d.key(&ward),
            d.key(&id),
            d.fixed(Uuid::nil()),
            d.fixed(SECRETARY.0),
            d.key(&cell),
            d.key(&d.id(7, "w * 20 + c")),
        )
    };
    let record = |from: &str, table: &str, id: &str, owner: &str, op: &str, seq: &str, value: &str, only: &str| {
        let body = places(&d.id(5, op), seq)(&ward, &cell, &member, &meeting, value);
        format!(
            "insert into record (stream, tbl, id, unit, owner, seq, gone, due, body)
             select {}, '{table}', {id}, {}, {owner}, {seq}, false, null, {body} from {from} {only}",
            d.key(&ward),
            d.key(if value.contains(&CELL.to_string()) { &cell } else { &ward }),
        )
    };
    let (in_cell, at_meeting) = (format!("{w}, {c}, {m}"), format!("{w}, {c}, {t}"));
    let everybody = format!("{w}, {c}, {t}, {m}");
    // Numbers within a stream, and of ops over all.
    let of_member = "c * 300 + m + 1";
    let of_meeting = |n: u64| format!("6000 + (c * 8 + t) * 3 + {n}");
    let of_mark = "6480 + (c * 8 + t) * 300 + m + 1";
    let number = |seq: &str| format!("w * 100000 + {seq}");
    let past = "where t < 7";
    let now = "where t = 7";
    let presence_id = format!("{meeting} || ':' || {member}");
    let nobody = "null";
    let owner = d.key(&member);
    let member_put = Body::MemberPut { member: person.clone() };
    let roll =
        Body::Present { meeting: MeetingId(MEETING), who, present: PresentAs::OnTime, how: How::Roll, code: None };
    let planned = Body::MeetingPlanned { meeting: MeetingId(MEETING), plan: plan() };
    let (opened, closed) =
        (Body::MeetingOpened { meeting: MeetingId(MEETING) }, Body::MeetingClosed { meeting: MeetingId(MEETING) });
    let (closed_row, open_row) = (text(&meeting_of(MeetingStatus::Closed)), text(&meeting_of(MeetingStatus::Open)));
    // Six months apart, the last one today.
    let at = |sql: String| sql.replace("(0)", "0").replace(&format!("({})", of_meeting(3)), "0");
    let day = Millis(chrono::Utc::now().timestamp_millis()).0;
    let starts = |sql: String| {
        sql.replace("\"starts\":' || 0 || '", &format!("\"starts\":' || ({day} - (7 - t) * 15768000000) || '"))
    };
    let mut all = vec![
        format!("insert into stream (stream, seq) select {}, 60000 from {w}", d.key(&ward)),
        format!(
            "insert into unit (id, parent, body) select {}, null, {} from {w}",
            d.key(&ward),
            places("''", "0")(&ward, &cell, &member, &meeting, &text(&ward_unit))
        ),
        format!(
            "insert into unit (id, parent, body) select {}, {}, {} from {w}, {c}",
            d.key(&cell),
            d.key(&ward),
            places("''", "0")(&ward, &cell, &member, &meeting, &text(&cell_unit))
        ),
        record(&w, "unit", &ward, nobody, "0", "59000", &text(&ward_unit), ""),
        record(&format!("{w}, {c}"), "unit", &cell, nobody, "0", "59001 + c", &text(&cell_unit), ""),
        log(&in_cell, "member.put", &number(of_member), of_member, &member_put, ""),
        record(&in_cell, "member", &member, &owner, "0", of_member, &text(&person), ""),
        starts(at(log(&at_meeting, "meeting.plan", &number(&of_meeting(1)), &of_meeting(1), &planned, ""))),
        log(&at_meeting, "meeting.open", &number(&of_meeting(2)), &of_meeting(2), &opened, ""),
        log(&at_meeting, "meeting.close", &number(&of_meeting(3)), &of_meeting(3), &closed, past),
        starts(at(record(&at_meeting, "meeting", &meeting, nobody, "0", &of_meeting(3), &closed_row, past))),
        starts(at(record(&at_meeting, "meeting", &meeting, nobody, "0", &of_meeting(3), &open_row, now))),
        log(&everybody, "attendance.present", &number(of_mark), of_mark, &roll, past),
        record(&everybody, "presence", &presence_id, &owner, &number(of_mark), of_mark, &text(&row), past),
        format!(
            "insert into account (id, name, member, disabled) select {}, 'Mẫu', {owner}, false from {in_cell}",
            d.key(&d.id(6, "(w * 20 + c) * 300 + m"))
        ),
        format!(
            "insert into grant_ (account, role, unit) select {}, 'member', {} from {in_cell}",
            d.key(&d.id(6, "(w * 20 + c) * 300 + m")),
            d.key(&cell)
        ),
    ];
    let first_cell = d.key(&d.id(2, "0"));
    for (account, role, unit) in [(SECRETARY, "secretary", &first_cell), (WARD_STAFF, "ward", &d.key(&d.id(1, "0")))] {
        all.push(format!("insert into account (id, name, disabled) values ({}, 'Mẫu', false)", d.fixed(account.0)));
        all.push(format!("insert into grant_ (account, role, unit) values ({}, '{role}', {unit})", d.fixed(account.0)));
    }
    let of_person = d.key(&d.id(6, "7"));
    for (code, account) in [("secretary", d.fixed(SECRETARY.0)), ("ward", d.fixed(WARD_STAFF.0)), ("member", of_person)]
    {
        all.push(format!(
            "insert into enrolment (hash, account, created, reusable) values ({}, {account}, 0, true)",
            d.bytes(&hash(code))
        ));
    }
    all.push("analyze".to_owned());
    all
}

async fn grow(place: &Place, wards: u64) -> Duration {
    place.open().await.close().await;
    let begun = Instant::now();
    match &place.address {
        Address::Sqlite(path) => {
            let mut conn = sqlite_options(path).pragma("synchronous", "off").connect().await.unwrap();
            for sql in statements(Dialect::Sqlite, wards) {
                conn.execute(AssertSqlSafe(sql.clone())).await.unwrap_or_else(|e| panic!("{e}\n{sql}"));
            }
            conn.execute("pragma wal_checkpoint(truncate)").await.unwrap();
            // What was written in haste goes to the disk before anything is measured: the first commits would wait for it.
            std::fs::File::open(path).unwrap().sync_all().unwrap();
        }
        Address::Postgres(url) => {
            let mut conn = postgres_options(url).unwrap().connect().await.unwrap();
            // A hundred wards are made in minutes, not in the seconds that a request may take.
            conn.execute("set statement_timeout = 0").await.unwrap();
            for sql in statements(Dialect::Postgres, wards) {
                conn.execute(AssertSqlSafe(sql.clone())).await.unwrap_or_else(|e| panic!("{e}\n{sql}"));
            }
        }
    }
    begun.elapsed()
}

struct Person {
    client: Client,
    base: String,
    session: Session,
}

impl Person {
    async fn new(running: &Running, code: &str) -> Self {
        let client = Client::builder().cookie_store(true).build().unwrap();
        let base = format!("http://{}/api/v1", running.address);
        let body = json!({ "code": code, "device_name": "Máy thử" });
        let session = client.post(format!("{base}/session")).json(&body).send().await.unwrap().json().await.unwrap();
        Self { client, base, session }
    }
    /// Every row, and the cursor behind them.
    async fn pull(&self, mut cursor: String) -> (usize, String) {
        let mut rows = 0;
        loop {
            let url = format!("{}/pull?cursor={cursor}&limit=1000", self.base);
            let page: PullAnswer = self.client.get(url).send().await.unwrap().json().await.unwrap();
            rows += page.rows.len();
            cursor = page.cursor;
            if !page.more {
                return (rows, cursor);
            }
        }
    }
    async fn push(&self, ops: &[Op]) {
        let ops: Vec<String> = ops.iter().map(Op::encode).collect();
        let head = json!({ "proto": 1, "dev": self.session.dev, "now_t": 0, "now_m": 0, "s": Uuid::nil() }).to_string();
        let body = format!("{},\"ops\":[{}]}}", &head[..head.len() - 1], ops.join(","));
        let request = self.client.post(format!("{}/push", self.base)).header("content-type", "application/json");
        let answer: PushAnswer = request.body(body).send().await.unwrap().json().await.unwrap();
        assert!(answer.results.iter().all(|r| r.r == Ruling::Applied), "{:?}", answer.results.first());
    }
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1000.0
}

async fn timed<T>(times: &mut Vec<Duration>, work: impl Future<Output = T>) -> T {
    let begun = Instant::now();
    let done = work.await;
    times.push(begun.elapsed());
    done
}

async fn start(place: &Place, data: &std::path::Path) -> Running {
    let mut config = Config::parse_from(["server", "--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()]);
    config.database = Some(match &place.address {
        Address::Sqlite(path) => format!("sqlite:{}", path.display()),
        Address::Postgres(url) => url.clone(),
    });
    serve::start(config, system_clock()).await.unwrap()
}

/// Milliseconds of each step, its name, and how much it returned.
async fn measure(place: &Place) -> Vec<(&'static str, f64, usize)> {
    let data = tempfile::tempdir().unwrap();
    let mut starts = Vec::new();
    let mut running = timed(&mut starts, start(place, data.path())).await;
    for _ in 0..2 {
        running.stop().await;
        running = timed(&mut starts, start(place, data.path())).await;
    }
    let mut found = vec![("start", median(starts), 0)];
    let (secretary, ward) = (Person::new(&running, "secretary").await, Person::new(&running, "ward").await);
    let member = Person::new(&running, "member").await;
    let (cell, meeting): (Uuid, Uuid) =
        (Uuid::from_u128(0x2 << 96 | 0x7000_8000 << 48), Uuid::from_u128(0x4 << 96 | 0x7000_8000 << 48 | 7));
    let mut pushes = Vec::new();
    for n in 0..30_u128 {
        let ops: Vec<Op> = (0..10)
            .map(|k| {
                let who = Who::Member(MemberId(Uuid::from_u128(0x3 << 96 | 0x7000_8000 << 48 | (n * 10 + k))));
                let roll = Body::Present {
                    meeting: MeetingId(meeting),
                    who,
                    present: PresentAs::OnTime,
                    how: How::Roll,
                    code: None,
                };
                let mut op = made_here(SECRETARY, UnitId(cell), &roll, Millis(0), Uuid::from_u128(n), 1);
                op.dev = secretary.session.dev;
                op
            })
            .collect();
        timed(&mut pushes, secretary.push(&ops)).await;
    }
    found.push(("push of 10 check-ins", median(pushes), 10));
    for (name, person) in [("fresh pull, secretary", &secretary), ("fresh pull, member", &member)] {
        let (mut times, mut rows) = (Vec::new(), 0);
        for _ in 0..5 {
            rows = timed(&mut times, person.pull(String::new())).await.0;
        }
        found.push((name, median(times), rows));
    }
    let (_, cursor) = secretary.pull(String::new()).await;
    let mut idle = Vec::new();
    for _ in 0..30 {
        assert_eq!(timed(&mut idle, secretary.pull(cursor.clone())).await.0, 0);
    }
    found.push(("pull, nothing new", median(idle), 0));
    let (mut reports, mut size) = (Vec::new(), 0);
    for _ in 0..5 {
        let unit = Uuid::from_u128(0x1 << 96 | 0x7000_8000 << 48);
        let url = format!("{}/reports/ward/{unit}", ward.base);
        let report =
            timed(&mut reports, async { ward.client.get(url).send().await.unwrap().text().await.unwrap() }).await;
        assert!(report.contains("\"cells\""), "{report:.200}");
        size = report.len();
    }
    found.push(("ward report (bytes)", median(reports), size));
    let mut house = Vec::new();
    for _ in 0..5 {
        timed(&mut house, running.store.housekeeping()).await.unwrap();
    }
    found.push(("housekeeping, each second", median(house), 0));
    let mut folds = Vec::new();
    assert_eq!(timed(&mut folds, running.store.refold()).await.unwrap(), 0, "rows are what the log says");
    found.push(("comparison with the log, nightly, beside the work", median(folds), 0));
    running.stop().await;
    found
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement of minutes: cargo xtask bench growth"]
async fn growth() {
    let sizes: Vec<u64> = std::env::var("SLH_WARDS")
        .unwrap_or_else(|_| "1,10,100".to_owned())
        .split(',')
        .map(|n| n.parse().unwrap())
        .collect();
    let mut slow = Vec::new();
    for (name, new) in [("SQLite", Place::sqlite as fn() -> Place), ("PostgreSQL", Place::postgres)] {
        if std::env::var("SLH_ON").is_ok_and(|only| !only.is_empty() && only != name) {
            continue;
        }
        let mut columns = Vec::new();
        for wards in &sizes {
            let place = new();
            let took = grow(&place, *wards).await;
            println!("{name}, {wards} wards: {} ops made in {:.0} s", wards * 48_460, took.as_secs_f32());
            columns.push(measure(&place).await);
            if wards == sizes.last().unwrap() {
                plans::show(&place.address).await;
            }
        }
        let head: Vec<String> = sizes.iter().map(|n| format!("{n} ×, ms")).collect();
        println!("\n| {name} | returned | {} | ratio |\n|---|---|{}---|", head.join(" | "), "---|".repeat(sizes.len()));
        for n in 0..columns[0].len() {
            let (step, first, returned) = columns[0][n];
            let last = columns.last().unwrap()[n];
            let cells: Vec<String> = columns.iter().map(|c| format!("{:.1}", c[n].1)).collect();
            println!("| {step} | {returned} | {} | {:.2} |", cells.join(" | "), last.1 / first);
            // What returns the same may not cost more; small times are noise. The nightly comparison reads everything on purpose.
            if !step.contains("nightly") && last.2 <= returned * 2 && last.1 > first * 4.0 && last.1 > 50.0 {
                slow.push(format!("{name}: {step}: {first:.1} → {:.1} ms", last.1));
            }
        }
    }
    assert!(slow.is_empty(), "grows with the book: {slow:?}");
}
