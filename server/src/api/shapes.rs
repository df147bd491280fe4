//! Shapes for the document of the API: reports and desk work. The real types are in `domain::{report, desk}`, which know nothing of
//! utoipa; a test holds the names of the fields against what serde really writes.

#![expect(dead_code, reason = "shapes for the document; the real types are in `domain`")]

pub use super::passkey_shapes::{NewPasskey, Passkey, PasskeyAsk, PasskeyName, PasskeySignIn, Passkeys, Ways};
pub use crate::openapi::ErrorBody;
use utoipa::ToSchema;
use uuid::Uuid;

macro_rules! shapes {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident : $ty:ty),* $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(ToSchema)]
        pub struct $name { $($(#[$fdoc])* $field: $ty),* }
    )+};
}

/// Anything: described in words.
type Any = serde_json::Value;

shapes! {
    /// A unit
    Unit {
        id: Uuid,
        parent: Option<Uuid>,
        /// province, ward, cell, workplace
        kind: String,
        name: String,
        online_allowed: bool,
        /// Only when it is
        closed: Option<bool>,
    }
    /// Half a year
    HalfYear { year: i32, half: u8 }
    /// Counts; expected = present + excused + absent + unmarked
    Tally {
        expected: u32, present: u32,
        /// Of the present
        late: u32,
        /// Of the present
        left_early: u32,
        excused: u32, absent: u32, unmarked: u32,
        /// On the list, not expected
        exempt: u32,
        /// There, though not expected
        extra: u32,
        guests: u32,
    }
    /// A meeting with its counts
    MeetingLine {
        id: Uuid,
        title: String,
        /// half_year, called, year_end, gathering
        kind: String,
        starts: i64,
        /// planned, open, closed, cancelled
        status: String,
        tally: Tally,
    }
    /// A cell in the overview
    CellLine {
        unit: Unit, members: u32, exempt: u32,
        last: Option<MeetingLine>, open: Option<MeetingLine>, next: Option<MeetingLine>,
        met_this_half: bool, phones: u32, silent: u32,
    }
    /// A phone
    PhoneLine { device: Uuid, name: String, owner: String, cell: Option<Uuid>, last_seen: Option<i64>, unsent: Option<u32> }
    /// Overview of a ward
    WardReport {
        unit: Unit, half: HalfYear, made_at: i64, cells: Vec<CellLine>,
        /// Sum over the last meetings of the cells
        total: Tally,
        not_met: u32, silent_phones: Vec<PhoneLine>,
        requests: OpenRequests,
        /// Members on the list who agreed to the privacy notice in force
        agreed: u32,
    }
    /// Requests about own data that nobody has answered
    OpenRequests {
        open: u32,
        /// Of these, after their last day
        overdue: u32,
        /// The earliest last day
        next: Option<String>,
    }
    /// A request with its answers
    Request {
        id: Uuid, unit: Uuid, member: Uuid,
        /// {what: correct|delete, about: [name, birth, phone, home, work, party, exemption, attendance, other, all], text}
        ask: Any,
        at: i64,
        /// When the server had it: from then on the days are counted
        received: i64,
        /// {op, say: {outcome: done|partly|refused, text}, by, at, seq}
        answers: Option<Vec<Any>>,
        withdrawn: Option<i64>,
    }
    /// A request in a worklist
    WorkItem { request: Request, name: String, cell: String }
    /// What members asked about their data: open ones first
    Worklist {
        made_at: i64,
        /// Working days for an answer
        answer_days: u8,
        items: Vec<WorkItem>,
    }
    /// A member at a meeting
    MatrixCell {
        /// expected, not_listed, or {exempt: kind}
        standing: Any,
        /// {present: on_time|late|left_early}, {excused: {reason, told}}, absent, unmarked
        status: Any,
    }
    /// A member in the matrix
    MatrixRow { member: Uuid, name: String, born: Option<String>, group: Option<String>, cells: Vec<Option<MatrixCell>>, present: u32, expected: u32 }
    /// Members and meetings
    Matrix { unit: Unit, meetings: Vec<MeetingLine>, rows: Vec<MatrixRow> }
    /// A member at one meeting
    ListRow { member: Uuid, name: String, born: Option<String>, group: Option<String>, standing: Any, status: Any, marked_at: Option<i64> }
    /// A guest
    GuestRow { id: Uuid, name: String, note: String, status: Any }
    /// One meeting, person by person
    MeetingList {
        /// As in the table meeting of a pull, without code
        meeting: Any,
        unit: Unit, tally: Tally, rows: Vec<ListRow>, guests: Vec<GuestRow>,
        /// As in the table held of a pull
        held: Vec<Any>,
        /// Marks that are missing at least, beyond those that `meeting.closing` names
        short: u32,
    }
    /// For exactly one of the two
    EnrolAsk { member: Option<Uuid>, account: Option<Uuid> }
    /// A one-time code
    EnrolCode { code: String, link: String, expires: i64 }
    /// A member by name
    Named {
        member: Uuid, name: String,
        /// Year of birth, only when somebody else on the list has the same name
        born: Option<i32>,
        /// Likewise
        group: Option<String>,
    }
    /// How a member stands with the app
    AccessLine {
        who: Named,
        /// never, signed_in, off
        access: String,
        /// Until when an unused code signs in
        code_until: Option<i64>,
    }
    /// Everybody on a cell's list, by name
    AccessList { unit: Uuid, unit_name: String, people: Vec<AccessLine> }
    /// Members of one cell
    EnrolMany {
        unit: Uuid,
        /// At most 500. Left out: for codes everybody who has never signed in, for voiding everybody
        members: Option<Vec<Uuid>>,
    }
    /// A code for a member
    Slip { who: Named, code: EnrolCode }
    /// A member who got no code
    Skipped {
        who: Named,
        /// ended, account_off, beyond
        why: String,
    }
    /// Codes for many members
    CodeSheet { unit: Uuid, unit_name: String, slips: Vec<Slip>, skipped: Vec<Skipped> }
    /// How many codes let nobody in any more
    Voided { codes: u64 }
    /// A phone on which an account has signed in; times in ms
    PhoneOf {
        id: Uuid, name: String,
        /// When somebody first signed in on it
        first: i64,
        /// When it last asked for anything with this account
        last: Option<i64>,
        /// How many ops waited on it then
        unsent: Option<u32>,
        /// Build of the app
        app: Option<String>,
        /// The phone that asks
        this: bool,
        signed_in: bool,
        /// When it was last signed out from elsewhere
        signed_out: Option<i64>,
    }
    /// Somebody who calls the roll of one meeting for its officers
    DeputyOf {
        account: Uuid, name: String, member: Option<Uuid>,
        /// Since when
        given: i64,
        /// Who named him
        by: String,
    }
    /// Exactly one of the two
    NameDeputy { member: Option<Uuid>, account: Option<Uuid> }
    /// From today on
    EndDeputy { account: Uuid }
    /// A phone of an account with a role in a unit
    UnitPhone {
        account: Uuid, person: String, member: Option<Uuid>,
        /// Of the role
        unit: Uuid,
        phone: PhoneOf,
        /// Away so long that it locks until it reaches the server
        locked: bool,
        /// How the caller may sign it out: member, account
        ends: Option<String>,
    }
    /// A page of the phones of a unit
    UnitPhones {
        phones: Vec<UnitPhone>,
        /// What search and filter leave
        found: usize,
        /// How many each filter would show: all, silent, unsent, old
        counts: Vec<usize>,
        /// Where the next page begins
        next: Option<usize>,
        /// The server's build of the app
        app: String,
    }
    /// A public key of the server
    SealKey {
        id: u32,
        /// 32 bytes, base64
        public: String,
    }
    /// What a phone needs to close what lies on it
    VaultPart {
        /// 32 bytes, base64: this server's part of the phone's key
        part: String,
        seal: SealKey,
    }
    /// How the caller gets in
    SignInState {
        /// May sign in by name and password
        may: bool,
        /// Must set that up before anything else
        required: bool,
        name: Option<String>,
        /// Name, password and second factor let in
        active: bool,
        /// A change asks for the present password
        ask_password: bool,
        /// Rescue codes that were not used
        rescue_left: u32,
        /// Codes of the drawer's slip that were not used
        slip_left: u32,
        /// Until when they let in
        slip_until: Option<i64>,
    }
    /// A sign-in name and a new password
    SetPassword {
        /// 3 to 32 of a-z, 0-9, dot, hyphen, underscore; a letter first
        name: String,
        /// 10 to 128 characters
        password: String,
        /// The present one, where sign-in says ask_password
        current: Option<String>,
    }
    /// The present password, where sign-in says ask_password
    Proof { current: Option<String> }
    /// A second factor that waits for its first code
    SecondFactor {
        /// Base32 in groups of four
        secret: String,
        /// otpauth://…
        link: String,
    }
    /// Six digits
    Confirm { code: String }
    /// Each of use once, beside the password
    RescueCodes { codes: Vec<String> }
    /// Each of use once, alone
    DrawerSlip { codes: Vec<EnrolCode> }
    /// Whether nobody has set this server up yet
    SetupState { open: bool }
    /// The first start
    SetUp {
        /// The code of the server's log
        code: String,
        /// At most 200 characters, like all names
        ward: String,
        admin: String,
        /// At most 500, no name twice
        cells: Option<Vec<String>>,
        /// At most 60 characters
        device_name: Option<String>,
    }
    /// What an administrator manages
    Office { units: Vec<Unit>, people: Vec<Holder> }
    /// Somebody with roles
    Holder {
        account: Uuid, name: String,
        /// Switched off
        off: bool,
        roles: Vec<crate::openapi::Grant>,
        /// All roles are on units that the caller manages
        within: bool,
        seen: Option<i64>,
    }
    /// A new cell
    NewCell { parent: Uuid, name: String }
    /// What is there is changed
    ChangeUnit { name: Option<String>, closed: Option<bool> }
    /// For an account, or for somebody new by name
    GiveRole {
        account: Option<Uuid>, name: Option<String>,
        /// follower, workplace, front, secretary, ward, upper, admin
        role: String,
        unit: Uuid,
        /// First day
        from: Option<String>,
        /// Last day
        to: Option<String>,
    }
    /// A role that was given; with a code for somebody new
    RoleGiven { account: Uuid, code: Option<EnrolCode> }
    /// From today on
    EndRole { account: Uuid, role: String, unit: Uuid }
    /// Lets nobody in, or again
    SwitchAccount { off: bool }
    /// A member who has read a notice, or not
    Reader { member: Uuid, name: String, at: Option<i64> }
    /// Who has read a notice; audience = read + unread
    NoticeReads {
        /// As in the table notice of a pull
        notice: Any,
        audience: u32, read: Vec<Reader>, unread: Vec<Reader>,
    }
    /// An import before it is confirmed
    ImportDraft {
        id: Uuid, unit: Uuid, file: String,
        /// sheets, columns (the meaning of each may be changed), recognised
        understanding: Any,
        /// cell, counts, rows with their state, skipped, missing
        preview: Any,
        decisions: Vec<ImportDecision>,
        done: Option<ImportDone>,
    }
    /// How the sheet is to be read
    ImportColumns {
        /// As in understanding.columns
        columns: Any,
    }
    /// A decision about a row
    ImportDecision {
        row: u32,
        /// same, different, skip
        choice: String,
        /// With same
        member: Option<Uuid>,
    }
    /// All decisions
    ImportDecisions { decisions: Vec<ImportDecision> }
    /// What a confirmation has written
    ImportDone { added: usize, changed: usize, unchanged: usize, skipped: usize }
    /// A line of what was done and seen; names are of today
    AuditLine {
        at: i64,
        /// work, reading, office, access
        class: String,
        /// Kind of the op, or the deed, such as given.file
        kind: String,
        who: Uuid, who_name: String,
        /// How the phone is called
        device: Option<String>,
        unit: Uuid, unit_name: String,
        /// For ops: applied, held, refused
        ruling: Option<String>,
        why: Option<String>,
        /// A later decision about a held op
        later: Option<bool>,
        member: Option<Uuid>,
        /// The member, or the account that was changed
        about: Option<String>,
        /// How many people
        number: Option<u32>,
        note: Option<String>,
    }
    /// Lines, the latest first
    AuditPage {
        lines: Vec<AuditLine>,
        /// Where to go on; none = that was all. A page may be short, or empty, and go on all the same
        cursor: Option<String>,
    }
    /// A role with its days
    OwnRole { role: String, unit: String, from: Option<String>, to: Option<String> }
    /// One mark
    OwnMark {
        /// {present: …}, {excused: …}, absent
        mark: Any,
        by: String, at: i64, undone: bool,
    }
    /// A meeting where something was marked about the member
    OwnMeeting {
        title: String, unit: String, starts: i64,
        /// As in the matrix
        status: Any,
        marks: Vec<OwnMark>,
    }
    /// A notice that was read
    OwnRead { title: String, at: i64 }
    /// A session
    OwnSession { device: String, since: i64, until: i64, revoked: Option<i64> }
    /// Everything that is held about the caller
    OwnData {
        made_at: i64, account: Uuid, name: String, roles: Vec<OwnRole>,
        /// As in the table member of a pull
        member: Option<Any>,
        cell: Option<String>,
        meetings: Vec<OwnMeeting>, read: Vec<OwnRead>,
        /// What was asked about the own data, and answered
        requests: Vec<Request>,
        /// What was agreed to: {account, member, unit, given: [{op, version, at}], taken: [{op, at}]}
        consent: Option<Any>,
        /// Ops of this account that were held first
        held: u32,
        phones: Vec<PhoneOf>, sessions: Vec<OwnSession>,
        /// Who was given the member's data, or that of the whole cell
        looks: Vec<AuditLine>,
    }
}
