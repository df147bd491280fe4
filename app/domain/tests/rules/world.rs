//! A small invented world for the rule tests: a province, a ward, two cells, and somebody in every role.

use chrono::NaiveDate;
use domain::account::{Actor, Grant, Role};
use domain::book::Book;
use domain::closing::{Closing, UnsentOf};
use domain::id::{AccountId, DeviceId, GuestId, MeetingId, MemberId, NoticeId, OpId, UnitId};
use domain::meeting::{Form, Meeting, MeetingKind, MeetingPlan, MeetingStatus};
use domain::member::{Member, PersonName};
use domain::notice::{Guest, Notice, NoticeText};
use domain::op::{Body, ENVELOPE, Op};
use domain::request::{Ask, Outcome, Part, Reply, Request, What};
use domain::time::Millis;
use domain::unit::{Unit, UnitKind};
use uuid::Uuid;

pub const PROVINCE: UnitId = UnitId(Uuid::from_u128(0x10));
pub const WARD: UnitId = UnitId(Uuid::from_u128(0x11));
pub const CELL: UnitId = UnitId(Uuid::from_u128(0x12));
pub const OTHER_CELL: UnitId = UnitId(Uuid::from_u128(0x13));
pub const OTHER_WARD: UnitId = UnitId(Uuid::from_u128(0x14));
pub const MEETING: MeetingId = MeetingId(Uuid::from_u128(0x20));
pub const NOTICE: NoticeId = NoticeId(Uuid::from_u128(0x30));
pub const GUEST: GuestId = GuestId(Uuid::from_u128(0x40));
pub const HUNG: MemberId = MemberId(Uuid::from_u128(0x50));
pub const LAN: MemberId = MemberId(Uuid::from_u128(0x51));
pub const STRANGER: MemberId = MemberId(Uuid::from_u128(0x52));
/// The op of a request of [`HUNG`].
pub const REQUEST: OpId = OpId(Uuid::from_u128(0x70));
pub const CODE: &str = "204816";

pub const fn op_id(n: u128) -> OpId {
    OpId(Uuid::from_u128(0x1000 + n))
}
pub const fn account(n: u128) -> AccountId {
    AccountId(Uuid::from_u128(0x100 + n))
}
/// 22/11/2026 19:30 at +07:00.
pub fn evening() -> Millis {
    Millis::from_local(NaiveDate::from_ymd_opt(2026, 11, 22).unwrap().and_hms_opt(19, 30, 0).unwrap())
}
pub fn day(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).unwrap()
}

pub fn member(id: MemberId, cell: UnitId, name: &str) -> Member {
    Member::new(id, cell, PersonName::parse(name).unwrap())
}

pub fn plan() -> MeetingPlan {
    MeetingPlan {
        kind: MeetingKind::HalfYear,
        title: "Sinh hoạt 6 tháng cuối năm".into(),
        form: Form::InPerson,
        place: "Nhà văn hóa khu phố".into(),
        starts: evening(),
        minutes: 30,
        agenda: "Một chuyên đề, hỏi và đáp".into(),
        papers: vec![],
        code: Some(CODE.into()),
    }
}

pub fn meeting(status: MeetingStatus) -> Meeting {
    Meeting { id: MEETING, unit: CELL, plan: plan(), status, closing: None }
}

/// What a closing phone saw: 42 marks, and 2 ops that one phone has not sent.
pub fn closing() -> Closing {
    let unsent =
        UnsentOf {
            dev: DeviceId(Uuid::from_u128(0x60)), name: "Máy bí thư".into(), ops: vec![op_id(90), op_id(91)]
        };
    Closing { count: 42, sum: "00000000000000ff".into(), unsent: vec![unsent] }
}

pub fn notice_text() -> NoticeText {
    NoticeText {
        title: "Mời họp".into(),
        body: "Kính mời các đồng chí dự họp.".into(),
        papers: vec![],
        meeting: Some(MEETING),
        publish_at: evening().plus(-Millis::DAY),
    }
}

pub fn ask() -> Ask {
    Ask { what: What::Correct, about: vec![Part::Phone, Part::Home], text: "Số mới: 0900000456".into() }
}

pub fn reply() -> Reply {
    Reply { outcome: Outcome::Partly, text: "Đã sửa số; nơi ở xin mang giấy tờ.".into() }
}

pub fn request() -> Request {
    let (at, received) = (evening().plus(-Millis::DAY), evening());
    Request { id: REQUEST, unit: CELL, member: HUNG, ask: ask(), at, received, answers: vec![], withdrawn: None }
}

/// The world, with the meeting in a given state.
pub fn world(status: MeetingStatus) -> Book {
    let mut book = Book::default();
    for (id, parent, kind, name) in [
        (PROVINCE, None, UnitKind::Province, "Tỉnh"),
        (WARD, Some(PROVINCE), UnitKind::Ward, "Phường"),
        (OTHER_WARD, Some(PROVINCE), UnitKind::Ward, "Phường khác"),
        (CELL, Some(WARD), UnitKind::Cell, "Chi bộ 1"),
        (OTHER_CELL, Some(WARD), UnitKind::Cell, "Chi bộ 2"),
    ] {
        book.units.put(Unit { id, parent, kind, name: name.into(), online_allowed: false, closed: false });
    }
    for m in [
        member(HUNG, CELL, "Nguyễn Văn Hùng"),
        member(LAN, CELL, "Trần Thị Lan"),
        member(STRANGER, OTHER_CELL, "Lê Minh"),
    ] {
        book.members_mut().insert(m.id, m);
    }
    book.meetings.insert(MEETING, meeting(status));
    book.notices
        .insert(NOTICE, Notice { id: NOTICE, unit: CELL, text: notice_text(), by: account(1), withdrawn: None });
    book.guests.insert(
        GUEST,
        Guest { id: GUEST, meeting: MEETING, name: PersonName::parse("Khách mời").unwrap(), note: String::new() },
    );
    book.requests.insert(REQUEST, request());
    book
}

/// Somebody who holds one role on one unit. Members are [`HUNG`]; a deputy is one for [`MEETING`].
pub fn actor(role: Role, unit: UnitId) -> Actor {
    // The golden ops know these numbers: a role keeps its own, whatever comes later.
    let number = match role {
        Role::Member => 0,
        Role::Follower => 1,
        Role::Workplace => 2,
        Role::Front => 3,
        Role::Secretary => 4,
        Role::Ward => 5,
        Role::Upper => 6,
        Role::Admin => 7,
        Role::Deputy => 8,
    };
    let grant = if role == Role::Deputy { Grant::deputy(unit, MEETING) } else { Grant::new(role, unit) };
    Actor { account: account(number), member: (role == Role::Member).then_some(HUNG), grants: vec![grant] }
}

pub fn op(n: u128, actor: &Actor, unit: UnitId, body: &Body) -> Op {
    let (k, kv) = body.kind();
    Op {
        v: ENVELOPE,
        id: op_id(n),
        dev: DeviceId(Uuid::from_u128(0x60)),
        w: Uuid::from_u128(0x61),
        n: u32::try_from(n).unwrap() + 1,
        act: actor.account,
        u: unit,
        k: k.into(),
        kv,
        deps: vec![],
        b: body.to_value(),
        t: evening(),
        m: 1,
        s: Uuid::from_u128(0x62),
        app: "0.1.0".into(),
    }
}
