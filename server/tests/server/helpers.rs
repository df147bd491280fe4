//! A real server on a free port with its own database and its own clock, and typed people who use it over HTTP.

use clap::Parser as _;
use domain::account::{Grant, Role};
use domain::id::{AccountId, DeviceId, GuestId, MeetingId, MemberId, NoticeId, OpId};
use domain::meeting::{Form, MeetingKind, MeetingPlan};
use domain::member::{Member, PersonName};
use domain::notice::NoticeText;
use domain::op::{Body, How, Op};
use domain::presence::{PresentAs, Who};
use domain::request::{Ask, Outcome, Part, Reply, What};
use domain::time::Millis;
use domain::unit::{Unit, UnitKind};
use domain::wire::{ErrorBody, OpResult, PROTO, PullAnswer, PushAnswer, Row, Session, WireRow};
use reqwest::{Client, Response, StatusCode};
use serde_json::json;
use server::config::Config;
use server::serve::{self, Running};
use server::store::{Account, Address, Clock, Enrolment, Seed, SeedOp, Store};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use uuid::Uuid;

/// 22/11/2026 08:00 at +07:00.
pub const T0: Millis = Millis(1_795_309_200_000);

/// A fixed id: the same word is the same thing in every test.
pub fn id<T: From<Uuid>>(word: &str) -> T {
    let mut bytes = [0_u8; 16];
    for (i, b) in word.bytes().enumerate() {
        bytes[i % 16] = bytes[i % 16].wrapping_mul(31).wrapping_add(b);
    }
    T::from(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

pub fn op_id() -> OpId {
    OpId(Uuid::now_v7())
}

/// Province P → ward W → cells A, B; ward X → cell C.
pub fn units() -> Vec<Unit> {
    let unit = |name: &str, parent: Option<&str>, kind| Unit {
        id: id(name),
        parent: parent.map(id),
        kind,
        name: format!("Đơn vị {name}"),
        online_allowed: false,
        closed: false,
    };
    vec![
        unit("P", None, UnitKind::Province),
        unit("W", Some("P"), UnitKind::Ward),
        unit("X", Some("P"), UnitKind::Ward),
        unit("A", Some("W"), UnitKind::Cell),
        unit("B", Some("W"), UnitKind::Cell),
        unit("C", Some("X"), UnitKind::Cell),
    ]
}

/// Who there is: code = account word, role, unit, own member.
pub const PEOPLE: &[(&str, Role, &str, Option<&str>)] = &[
    ("member", Role::Member, "A", Some("a1")),
    ("member2", Role::Member, "A", Some("a2")),
    ("follower", Role::Follower, "A", None),
    ("workplace", Role::Workplace, "A", None),
    ("front", Role::Front, "A", None),
    ("secretary", Role::Secretary, "A", None),
    ("secretary2", Role::Secretary, "A", None),
    ("secretary_b", Role::Secretary, "B", None),
    ("secretary_c", Role::Secretary, "C", None),
    ("ward", Role::Ward, "W", None),
    ("upper", Role::Upper, "P", None),
    ("admin", Role::Admin, "P", None),
];

pub const MEMBERS: &[(&str, &str)] = &[("a1", "A"), ("a2", "A"), ("a3", "A"), ("b1", "B"), ("c1", "C")];

pub fn member(word: &str, cell: &str) -> Member {
    Member::new(id(word), id(cell), PersonName::parse(&format!("Nguyễn Văn {word}")).unwrap())
}

pub fn plan(title: &str) -> MeetingPlan {
    MeetingPlan {
        kind: MeetingKind::HalfYear,
        title: title.to_owned(),
        form: Form::InPerson,
        place: "Nhà văn hóa".to_owned(),
        starts: T0,
        minutes: 30,
        agenda: String::new(),
        papers: Vec::new(),
        code: Some("123456".to_owned()),
    }
}

pub fn notice_text(title: &str, publish_at: Millis) -> NoticeText {
    NoticeText { title: title.to_owned(), body: "Nội dung".to_owned(), papers: Vec::new(), meeting: None, publish_at }
}

pub fn planned(meeting: &str) -> Body {
    Body::MeetingPlanned { meeting: id(meeting), plan: plan(meeting) }
}
pub fn opened(meeting: &str) -> Body {
    Body::MeetingOpened { meeting: id(meeting) }
}
pub fn closed(meeting: &str) -> Body {
    Body::MeetingClosed { meeting: id(meeting) }
}
pub fn present(meeting: &str, who: &str) -> Body {
    let who = Who::Member(id::<MemberId>(who));
    Body::Present { meeting: id(meeting), who, present: PresentAs::OnTime, how: How::Roll, code: None }
}
pub fn own_present(meeting: &str, who: &str, code: Option<&str>) -> Body {
    let who = Who::Member(id::<MemberId>(who));
    Body::Present {
        meeting: id(meeting),
        who,
        present: PresentAs::OnTime,
        how: How::Own,
        code: code.map(str::to_owned),
    }
}
pub fn written(notice: &str, publish_at: Millis) -> Body {
    Body::NoticeWritten { notice: id(notice), text: notice_text(notice, publish_at) }
}
pub fn guest(guest: &str, meeting: &str) -> Body {
    let name = PersonName::parse("Trần Khách").unwrap();
    Body::GuestAdded { guest: id::<GuestId>(guest), meeting: id::<MeetingId>(meeting), name, note: String::new() }
}
pub fn ask(text: &str) -> Ask {
    Ask { what: What::Correct, about: vec![Part::Phone], text: text.to_owned() }
}
pub fn asked(text: &str) -> Body {
    Body::RequestMade { ask: ask(text) }
}
pub fn answered(request: OpId, outcome: Outcome, text: &str) -> Body {
    Body::RequestAnswered { request, say: Reply { outcome, text: text.to_owned() } }
}
pub fn agreed() -> Body {
    Body::ConsentGiven { version: domain::consent::version() }
}
pub fn withdrawn(notice: &str) -> Body {
    Body::NoticeWithdrawn { notice: id::<NoticeId>(notice) }
}

/// A running server.
pub struct World {
    pub running: Running,
    pub clock: Arc<AtomicI64>,
    address: Address,
    database: Option<String>,
    folder: Arc<tempfile::TempDir>,
}

impl World {
    /// With everybody of [`PEOPLE`] and [`MEMBERS`], and the open meeting `now` of cell A.
    pub async fn new() -> Self {
        Self::seeded(Self::empty().await).await
    }
    /// With these options of the command line besides.
    pub async fn with(options: &[&str]) -> Self {
        Self::seeded(Self::started(options).await).await
    }
    async fn seeded(world: Self) -> Self {
        let op = |actor: &str, unit: &str, body, minutes: i64| SeedOp {
            actor: id(actor),
            unit: id(unit),
            body,
            at: T0.plus(-minutes * 60_000),
        };
        let keeper = |cell: &str| match cell {
            "A" => "secretary",
            "B" => "secretary_b",
            _ => "secretary_c",
        };
        let mut ops: Vec<SeedOp> = MEMBERS
            .iter()
            .map(|(m, cell)| op(keeper(cell), cell, Body::MemberPut { member: member(m, cell) }, 600))
            .collect();
        ops.push(op("secretary", "A", planned("now"), 500));
        ops.push(op("secretary", "A", opened("now"), 5));
        let account = |(name, role, unit, own): &(&str, Role, &str, Option<&str>)| Account {
            id: id(name),
            name: format!("Tài khoản {name}"),
            member: own.map(id),
            grants: vec![Grant::new(*role, id(unit))],
        };
        let enrolment = |(name, ..): &(&str, Role, &str, Option<&str>)| Enrolment {
            code: format!("code-{name}"),
            account: id(name),
            expires: None,
            reusable: true,
            made_by: None,
        };
        let seed = Seed {
            units: units(),
            accounts: PEOPLE.iter().map(account).collect(),
            enrolments: PEOPLE.iter().map(enrolment).collect(),
            ops,
            ..Seed::default()
        };
        world.store().seed(seed).await.unwrap();
        world
    }
    /// Without anything.
    pub async fn empty() -> Self {
        Self::started(&[]).await
    }
    async fn started(options: &[&str]) -> Self {
        let clock = Arc::new(AtomicI64::new(T0.0));
        Self::on(Arc::new(tempfile::tempdir().unwrap()), clock, crate::cluster::wanted(), options).await.unwrap()
    }
    async fn on(
        folder: Arc<tempfile::TempDir>,
        clock: Arc<AtomicI64>,
        database: Option<String>,
        options: &[&str],
    ) -> anyhow::Result<Self> {
        let data = folder.path().to_str().unwrap();
        let usual = ["server", "--listen", "127.0.0.1:0", "--data", data];
        // Wards and administrators of most stories came by a code; those of signin.rs say otherwise.
        let factor = ["--second-factor", "optional"];
        let factor = if options.contains(&"--second-factor") { &[][..] } else { &factor[..] };
        let mut config = Config::parse_from([&usual, factor, options].concat());
        config.database.clone_from(&database);
        let address = config.address(folder.path()).unwrap();
        let running = serve::start(config, clock_of(&clock)).await?;
        Ok(Self { running, clock, address, database, folder })
    }
    /// Ends. What is left can be started again, also with other options.
    pub async fn end(self) -> Stopped {
        self.running.stop().await;
        Stopped { folder: self.folder, clock: self.clock, database: self.database }
    }
    /// The folder of the data.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
    pub fn store(&self) -> &Store {
        &self.running.store
    }
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.address)
    }
    pub fn api(&self, path: &str) -> String {
        self.url(&format!("/api/v1{path}"))
    }
    pub fn now(&self) -> Millis {
        Millis(self.clock.load(Ordering::SeqCst))
    }
    pub fn advance(&self, ms: i64) {
        self.clock.fetch_add(ms, Ordering::SeqCst);
    }
    /// Somebody of [`PEOPLE`] signs in on a new phone.
    pub async fn phone(&self, who: &str) -> Phone {
        self.phone_with(Client::builder().cookie_store(true).build().unwrap(), who).await
    }
    /// Somebody signs in in a browser that has cookies already.
    pub async fn phone_with(&self, client: Client, who: &str) -> Phone {
        self.phone_by(client, &format!("code-{who}")).await
    }
    /// Somebody signs in with a code that was handed over.
    pub async fn phone_by(&self, client: Client, code: &str) -> Phone {
        let body = json!({ "code": code, "device_name": "Máy thử" });
        let answer = client.post(self.api("/session")).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{code} signs in");
        let session: Session = answer.json().await.unwrap();
        Phone::of(self, client, session)
    }
    /// What the tables say otherwise than the log.
    pub async fn verified(&self) -> Vec<String> {
        server::store::verify(&self.address).await.unwrap().differs
    }
    pub async fn stop(self) {
        assert_eq!(self.store().refold().await.unwrap(), 0, "presence rows say what the log says");
        self.running.stop().await;
    }
}

/// A server that does not run, and its data.
pub struct Stopped {
    folder: Arc<tempfile::TempDir>,
    clock: Arc<AtomicI64>,
    database: Option<String>,
}

impl Stopped {
    pub async fn start(&self, options: &[&str]) -> anyhow::Result<World> {
        World::on(Arc::clone(&self.folder), Arc::clone(&self.clock), self.database.clone(), options).await
    }
    /// The folder of the data.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}

pub fn clock_of(clock: &Arc<AtomicI64>) -> Clock {
    let clock = Arc::clone(clock);
    Arc::new(move || Millis(clock.load(Ordering::SeqCst)))
}

/// Somebody signed in.
pub struct Phone {
    pub client: Client,
    base: String,
    pub session: Session,
    clock: Arc<AtomicI64>,
    writer: Uuid,
    boot: Uuid,
    n: AtomicU32,
}

impl Phone {
    /// As a phone that was signed in by the test itself.
    pub fn of(world: &World, client: Client, session: Session) -> Self {
        Self {
            client,
            base: world.api(""),
            session,
            clock: Arc::clone(&world.clock),
            writer: Uuid::new_v4(),
            boot: Uuid::new_v4(),
            n: AtomicU32::new(0),
        }
    }
    /// The server listens elsewhere now.
    pub fn moved(&mut self, world: &World) {
        self.base = world.api("");
    }
    pub fn account(&self) -> AccountId {
        self.session.me.id
    }
    pub fn device(&self) -> DeviceId {
        self.session.dev
    }
    /// Makes an op, as the app does.
    pub fn op(&self, unit: &str, body: &Body) -> Op {
        let (kind, version) = body.kind();
        Op {
            v: 1,
            id: op_id(),
            dev: self.device(),
            w: self.writer,
            n: self.n.fetch_add(1, Ordering::SeqCst) + 1,
            act: self.account(),
            u: id(unit),
            k: kind.to_owned(),
            kv: version,
            deps: Vec::new(),
            b: body.to_value(),
            t: Millis(self.clock.load(Ordering::SeqCst)),
            m: 1000,
            s: self.boot,
            app: "test".to_owned(),
        }
    }
    pub fn request(&self, ops: &[String]) -> String {
        let head = json!({
            "proto": PROTO, "dev": self.device(), "now_t": self.clock.load(Ordering::SeqCst), "now_m": 1000, "s": self.boot,
        });
        let head = head.to_string();
        format!("{},\"ops\":[{}]}}", &head[..head.len() - 1], ops.join(","))
    }
    pub async fn push_text(&self, body: String) -> Response {
        self.post_text("push", body).await
    }
    pub async fn post_text(&self, path: &str, body: String) -> Response {
        let request = self.client.post(format!("{}/{path}", self.base)).header("content-type", "application/json");
        request.body(body).send().await.unwrap()
    }
    pub async fn push_raw(&self, ops: &[String]) -> Vec<OpResult> {
        let answer = self.push_text(self.request(ops)).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let answer: PushAnswer = answer.json().await.unwrap();
        assert_eq!(answer.proto, PROTO);
        assert_eq!(answer.results.len(), ops.len(), "one result per op");
        answer.results
    }
    pub async fn push(&self, ops: &[Op]) -> Vec<OpResult> {
        let raw: Vec<String> = ops.iter().map(Op::encode).collect();
        let results = self.push_raw(&raw).await;
        for (op, result) in ops.iter().zip(&results) {
            assert_eq!(op.id, result.id, "in order");
        }
        results
    }
    /// Makes and sends one op.
    pub async fn does(&self, unit: &str, body: Body) -> OpResult {
        self.push(&[self.op(unit, &body)]).await.remove(0)
    }
    pub async fn post(&self, path: &str, body: serde_json::Value) -> Response {
        self.client.post(format!("{}{path}", self.base)).json(&body).send().await.unwrap()
    }
    pub async fn get(&self, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.base)).send().await.unwrap()
    }
    pub async fn pull_page(&self, cursor: &str, limit: usize) -> PullAnswer {
        let answer = self.get(&format!("/pull?cursor={cursor}&limit={limit}")).await;
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json().await.unwrap()
    }
    /// Everything after a cursor.
    pub async fn pull(&self, cursor: &str) -> (Vec<WireRow>, String) {
        let mut rows = Vec::new();
        let mut cursor = cursor.to_owned();
        loop {
            let page = self.pull_page(&cursor, 1000).await;
            rows.extend(page.rows);
            cursor = page.cursor;
            if !page.more {
                return (rows, cursor);
            }
        }
    }
    /// Everything, typed; panics when a row cannot be read.
    pub async fn rows(&self) -> Vec<Row> {
        let (rows, _) = self.pull("").await;
        rows.iter().map(|r| Row::parse(&r.table, r.row.as_ref().unwrap()).unwrap()).collect()
    }
}

pub async fn error_of(answer: Response) -> (StatusCode, String) {
    let status = answer.status();
    let body: ErrorBody = answer.json().await.unwrap();
    assert!(!body.message.is_empty());
    (status, body.code)
}

/// Tables and ids of rows, `-` for gone.
pub fn listed(rows: &[WireRow]) -> Vec<String> {
    rows.iter().map(|r| format!("{}{}", if r.row.is_some() { "" } else { "-" }, r.table)).collect()
}
