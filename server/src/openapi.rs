//! The document of the API. The types of `domain` do not know utoipa; here stand their shapes on the wire, and a test holds them
//! against what serde really writes.

#![expect(dead_code, reason = "shapes for the document; the real types are in `domain`")]

use utoipa::ToSchema;
use utoipa::openapi::{Info, OpenApi, OpenApiBuilder, Server};

/// What stands at the top.
#[must_use]
pub fn head() -> OpenApi {
    let mut info = Info::new("Sổ Liên Hệ", env!("CARGO_PKG_VERSION"));
    info.description = Some(
        "REST of Sổ Liên Hệ, version 1. Errors are always {code, message}; message is a Vietnamese sentence."
            .to_owned(),
    );
    OpenApiBuilder::new().info(info).build()
}

/// Puts in what the routers do not know.
pub fn finish(document: &mut OpenApi) {
    document.servers = Some(vec![Server::new(crate::api::PREFIX)]);
}

/// As text, the same on every machine.
#[must_use]
pub fn text(document: &OpenApi) -> String {
    let mut text = document.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// Every error answer
#[derive(ToSchema)]
pub struct ErrorBody {
    /// Stable code for programs
    code: String,
    /// Vietnamese sentence for people
    message: String,
}

/// Signing in
#[derive(ToSchema)]
pub struct SignIn {
    /// One-time enrolment code
    code: String,
    /// How the person calls the phone; at most 60 characters
    device_name: Option<String>,
}

/// A role on a unit
#[derive(ToSchema)]
pub struct Grant {
    /// member, follower, workplace, front, secretary, ward, upper, admin
    role: String,
    unit: uuid::Uuid,
    /// First day
    from: Option<String>,
    /// Last day
    to: Option<String>,
}

/// The account signed in
#[derive(ToSchema)]
pub struct Me {
    id: uuid::Uuid,
    name: String,
    member: Option<uuid::Uuid>,
    roles: Vec<Grant>,
}

/// A session
#[derive(ToSchema)]
pub struct Session {
    me: Me,
    /// This device
    dev: uuid::Uuid,
    device_name: String,
    /// Changes when the server was restored from a backup
    epoch: uuid::Uuid,
    /// A phone that has not reached the server for so many days locks when it is opened; 0 = never
    lease_days: u16,
    /// Working days for an answer to a request about own data
    answer_days: u8,
    /// Name, password and second factor have to be set up before anything else: other endpoints answer 403 set_up_signin, a pull gives nothing new
    set_up_sign_in: bool,
}

/// Signing in by name and password
#[derive(ToSchema)]
pub struct PasswordSignIn {
    name: String,
    password: String,
    /// Six digits of the second factor, or a rescue code
    code: String,
    /// How the person calls the phone; at most 60 characters
    device_name: Option<String>,
}

/// An op: an immutable witness of what a person did (design.md §4)
#[derive(ToSchema)]
pub struct Op {
    v: u8,
    id: uuid::Uuid,
    dev: uuid::Uuid,
    w: uuid::Uuid,
    n: u32,
    act: uuid::Uuid,
    u: uuid::Uuid,
    /// Kind, e.g. attendance.present
    k: String,
    kv: u16,
    deps: Option<Vec<uuid::Uuid>>,
    /// Body of the kind
    #[schema(value_type = Object)]
    b: (),
    t: i64,
    m: i64,
    s: uuid::Uuid,
    app: String,
}

/// Ops to send; at most 100 and 128 KiB
#[derive(ToSchema)]
pub struct PushRequest {
    proto: u16,
    dev: uuid::Uuid,
    epoch: Option<uuid::Uuid>,
    now_t: i64,
    now_m: i64,
    s: uuid::Uuid,
    ops: Vec<Op>,
}

/// What became of an op
#[derive(ToSchema)]
pub struct OpResult {
    id: uuid::Uuid,
    /// applied, dup, held, refused, clash, bad
    r: String,
    seq: Option<u64>,
    /// Reason for held and refused
    why: Option<String>,
    /// For dup: applied, held or refused
    stored: Option<String>,
}

/// One result per op, in order, after a durable commit
#[derive(ToSchema)]
pub struct PushAnswer {
    proto: u16,
    epoch: uuid::Uuid,
    now: i64,
    /// Per stream, the sequence that a verified backup covers
    #[schema(value_type = Option<Object>)]
    safe_seq: (),
    /// Writers of this push of which another op has the same number: one of two phones is a copy of the other
    twins: Option<Vec<uuid::Uuid>>,
    results: Vec<OpResult>,
}

/// A changed row; null = gone
#[derive(ToSchema)]
pub struct WireRow {
    /// unit, member, meeting, presence, guest, notice, read, held, fate
    table: String,
    id: String,
    seq: u64,
    #[schema(value_type = Option<Object>)]
    row: (),
}

/// A page of rows
#[derive(ToSchema)]
pub struct PullAnswer {
    proto: u16,
    epoch: uuid::Uuid,
    now: i64,
    /// Opaque; hand it in with the next pull
    cursor: String,
    more: bool,
    /// Forget all cached rows first
    reset: bool,
    rows: Vec<WireRow>,
    digest: Option<String>,
    /// What the server has of the writers that were asked for
    writers: Option<Vec<WriterDigest>>,
}

/// What the server's log has of one writer
#[derive(ToSchema)]
pub struct WriterDigest {
    w: uuid::Uuid,
    count: u32,
    /// The highest number
    high: u32,
    /// 16 hexadecimal digits: the sum of 64 mixed bits of each id
    sum: String,
}
