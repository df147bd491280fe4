//! What somebody asks about the data that is held about him or her: correct it, delete it; and what is answered. A request is the op that made it; answers
//! and taking it back are witnesses beside it, so that their order and repetition change nothing.
//!
//! **A request deletes nothing by itself.** Whoever answers uses what there is anyway (change the record, end the membership, retention) and says so.
//! It knows no store, no clock and no screen.

use crate::id::{AccountId, MemberId, OpId, UnitId};
use crate::lean::{BadShape, Fields};
use crate::time::Millis;
use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::cmp::Reverse;
use std::fmt;

/// The longest text of a request and of an answer, in characters.
pub const LONGEST: usize = 1000;
/// The most answers to one request; what comes after is refused, with its bytes kept.
pub const MOST_ANSWERS: usize = 50;

/// So many working days there are for an answer where the server says nothing (Decree 356/2025: 2).
#[must_use]
pub const fn usual() -> u8 {
    2
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// *Sửa*
    Correct,
    /// *Xóa*
    Delete,
}

/// What of the data it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Everything.
    All,
    /// Name.
    Name,
    /// Date of birth, sex.
    Birth,
    /// Telephone number.
    Phone,
    /// Where one lives, group.
    Home,
    /// Where one works, duties, cell there.
    Work,
    /// When one became a member.
    Party,
    /// Exemption from meetings.
    Exemption,
    /// Marks at meetings.
    Attendance,
    /// Something else.
    Other,
}

impl Part {
    /// All, in the order in which a form lists them.
    pub const ALL: [Self; 10] = [
        Self::Name,
        Self::Birth,
        Self::Phone,
        Self::Home,
        Self::Work,
        Self::Party,
        Self::Exemption,
        Self::Attendance,
        Self::Other,
        Self::All,
    ];
}

/// A text without blanks around it, without control characters but new lines, at most [`LONGEST`] characters. In NFC, as the phone's form makes it.
#[must_use]
pub fn is_text(text: &str) -> bool {
    text.trim() == text && text.chars().count() <= LONGEST && !text.chars().any(|c| c.is_control() && c != '\n')
}

/// What a member writes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value")]
pub struct Ask {
    /// Correct or delete.
    pub what: What,
    /// About what: each part once, at least one.
    pub about: Vec<Part>,
    /// In own words ([`is_text`]); a correction has to say what is right.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// Written by hand: a log never holds what people wrote.
impl fmt::Debug for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ask").field("what", &self.what).finish_non_exhaustive()
    }
}

impl Ask {
    /// See the fields.
    #[must_use]
    pub fn within_bounds(&self) -> bool {
        let once = self.about.iter().enumerate().all(|(n, part)| !self.about[..n].contains(part));
        let said = self.what == What::Delete || !self.text.is_empty();
        !self.about.is_empty() && once && said && is_text(&self.text)
    }
}

/// How it was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// *Đã làm*
    Done,
    /// *Làm một phần*
    Partly,
    /// *Không làm*
    Refused,
}

/// What somebody answers.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value")]
pub struct Reply {
    /// How.
    pub outcome: Outcome,
    /// What was done or why not ([`is_text`]), never empty.
    pub text: String,
}

/// Written by hand: a log never holds what people wrote.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("outcome", &self.outcome).finish_non_exhaustive()
    }
}

impl Reply {
    /// See the fields.
    #[must_use]
    pub fn within_bounds(&self) -> bool {
        !self.text.is_empty() && is_text(&self.text)
    }
}

/// An answer with who gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The op that it is.
    pub op: OpId,
    /// What it says.
    pub say: Reply,
    /// Who.
    pub by: AccountId,
    /// When, estimated.
    pub at: Millis,
    /// The server's sequence; none while it waits on this phone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}

/// A request with everything that became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value")]
pub struct Request {
    /// The op that made it.
    pub id: OpId,
    /// The cell in whose book it stands.
    pub unit: UnitId,
    /// Whose data it is about.
    pub member: MemberId,
    /// What is asked for.
    pub ask: Ask,
    /// When it was made, estimated.
    pub at: Millis,
    /// When the server had it: from then on the days are counted. While it waits on a phone: the phone's present time.
    pub received: Millis,
    /// Every answer, by op.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answer>,
    /// First taken back then, estimated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<Millis>,
}

impl What {
    fn read(word: &str) -> Result<Self, BadShape> {
        match word {
            "correct" => Ok(Self::Correct),
            "delete" => Ok(Self::Delete),
            _ => Err(BadShape),
        }
    }
}

impl Part {
    /// As the wire has it.
    const fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Name => "name",
            Self::Birth => "birth",
            Self::Phone => "phone",
            Self::Home => "home",
            Self::Work => "work",
            Self::Party => "party",
            Self::Exemption => "exemption",
            Self::Attendance => "attendance",
            Self::Other => "other",
        }
    }
    fn read(value: &Value) -> Result<Self, BadShape> {
        Self::ALL.into_iter().find(|part| value.as_str() == Some(part.word())).ok_or(BadShape)
    }
}

impl Outcome {
    fn read(word: &str) -> Result<Self, BadShape> {
        match word {
            "done" => Ok(Self::Done),
            "partly" => Ok(Self::Partly),
            "refused" => Ok(Self::Refused),
            _ => Err(BadShape),
        }
    }
}

impl TryFrom<Value> for Ask {
    type Error = BadShape;
    fn try_from(value: Value) -> Result<Self, BadShape> {
        let mut fields = Fields::only(value, &["what", "about", "text"])?;
        let about = fields.list("about")?.iter().map(Part::read).collect::<Result<_, _>>()?;
        Ok(Self { what: What::read(fields.text("what")?)?, about, text: fields.text_or_empty("text")? })
    }
}

impl TryFrom<Value> for Reply {
    type Error = BadShape;
    fn try_from(value: Value) -> Result<Self, BadShape> {
        let fields = Fields::only(value, &["outcome", "text"])?;
        Ok(Self { outcome: Outcome::read(fields.text("outcome")?)?, text: fields.text("text")?.to_owned() })
    }
}

impl TryFrom<Value> for Answer {
    type Error = BadShape;
    fn try_from(value: Value) -> Result<Self, BadShape> {
        let mut fields = Fields::of(value)?;
        let (op, by, at) = (fields.id("op")?, fields.id("by")?, Millis(fields.number("at")?));
        let seq = fields.maybe("seq")?.map(i64::cast_unsigned);
        Ok(Self { op, say: Reply::try_from(fields.take("say")?)?, by, at, seq })
    }
}

impl TryFrom<Value> for Request {
    type Error = BadShape;
    fn try_from(value: Value) -> Result<Self, BadShape> {
        let mut fields = Fields::of(value)?;
        let answers = fields.list("answers")?.into_iter().map(Answer::try_from).collect::<Result<_, _>>()?;
        Ok(Self {
            id: fields.id("id")?,
            unit: fields.id("unit")?,
            member: fields.id("member")?,
            at: Millis(fields.number("at")?),
            received: Millis(fields.number("received")?),
            withdrawn: fields.maybe("withdrawn")?.map(Millis),
            ask: Ask::try_from(fields.take("ask")?)?,
            answers,
        })
    }
}

/// How a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody has answered.
    Open,
    /// Somebody has; so the latest answer says.
    Answered(Outcome),
    /// Taken back before anybody answered.
    Withdrawn,
}

impl Request {
    /// Adds an answer; a known one only gains its sequence.
    pub fn add_answer(&mut self, answer: Answer) {
        match self.answers.binary_search_by_key(&answer.op, |a| a.op) {
            Ok(at) => self.answers[at].seq = self.answers[at].seq.or(answer.seq),
            Err(at) => self.answers.insert(at, answer),
        }
    }
    /// An answer has this number at the server.
    pub fn number(&mut self, op: OpId, seq: u64) {
        if let Some(answer) = self.answers.iter_mut().find(|a| a.op == op) {
            answer.seq = Some(seq);
        }
    }
    /// It was taken back; the first time stands.
    pub fn take_back(&mut self, at: Millis) {
        self.withdrawn = Some(self.withdrawn.map_or(at, |before| before.min(at)));
    }
    /// Union with what another place knows of the same request.
    pub fn merge(&mut self, other: &Self) {
        for answer in &other.answers {
            self.add_answer(answer.clone());
        }
        if let Some(at) = other.withdrawn {
            self.take_back(at);
        }
    }
    /// The answer that stands: the latest at the server, one that still waits here before all others.
    #[must_use]
    pub fn answer(&self) -> Option<&Answer> {
        self.answers.iter().max_by_key(|a| (a.seq.unwrap_or(u64::MAX), a.op))
    }
    /// How it stands.
    #[must_use]
    pub fn state(&self) -> State {
        match (self.answer(), self.withdrawn) {
            (Some(answer), _) => State::Answered(answer.say.outcome),
            (None, Some(_)) => State::Withdrawn,
            (None, None) => State::Open,
        }
    }
    /// Nobody has answered, and somebody should.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state() == State::Open
    }
    /// The last day for an answer.
    #[must_use]
    pub fn due(&self, days: u8) -> NaiveDate {
        due(self.received, days)
    }
    /// Open after its last day.
    #[must_use]
    pub fn is_overdue(&self, days: u8, now: Millis) -> bool {
        self.is_open() && now.day() > self.due(days)
    }
}

/// Monday to Friday, but for the holidays that are the same every year: 1/1, 30/4, 1/5, 2/9. What is laid down anew each year (Tết, Giỗ Tổ, the second day
/// beside 2/9, days off in lieu) counts as a working day: so an answer is never due later than by law.
#[must_use]
pub fn is_working_day(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
        && !matches!((day.month(), day.day()), (1 | 5, 1) | (4, 30) | (9, 2))
}

/// The last day for an answer to what came at that moment: the day itself does not count, then so many working days (+07:00).
#[must_use]
pub fn due(received: Millis, days: u8) -> NaiveDate {
    let mut day = received.day();
    let mut left = days;
    while left > 0 {
        let Some(next) = day.succ_opt() else { break };
        day = next;
        left -= u8::from(is_working_day(day));
    }
    day
}

/// How many requests are open, for a hint in words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRequests {
    /// Open.
    pub open: u32,
    /// Of these, after their last day.
    pub overdue: u32,
    /// The earliest last day of those that are open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<NaiveDate>,
}

impl OpenRequests {
    /// Of these.
    pub fn of<'a>(requests: impl Iterator<Item = &'a Request>, days: u8, now: Millis) -> Self {
        let mut sum = Self::default();
        for request in requests.filter(|r| r.is_open()) {
            let due = request.due(days);
            sum.open += 1;
            sum.overdue += u32::from(now.day() > due);
            sum.next = Some(sum.next.map_or(due, |next| next.min(due)));
        }
        sum
    }
}

/// A request in the worklist of a ward. Answer of `GET requests/{unit}`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkItem {
    /// The request.
    pub request: Request,
    /// The member's name; empty when there is no such row any more.
    pub name: String,
    /// The name of the cell.
    pub cell: String,
}

/// Written by hand: a log never holds a person's name.
impl fmt::Debug for WorkItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkItem").field("request", &self.request.id).finish_non_exhaustive()
    }
}

/// Answer of `GET requests/{unit}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worklist {
    /// When.
    pub made_at: Millis,
    /// Working days for an answer.
    pub answer_days: u8,
    /// In the order of [`sort`].
    pub items: Vec<WorkItem>,
}

/// The order of a worklist: open ones first, the one first that came first; then the others, the latest first.
pub fn sort<T>(items: &mut [T], request: impl Fn(&T) -> &Request) {
    items.sort_by_key(|item| {
        let r = request(item);
        let since =
            if r.is_open() { (false, r.received, Reverse(Millis(0))) } else { (true, Millis(0), Reverse(r.received)) };
        (since, r.id)
    });
}

#[cfg(test)]
mod tests;
