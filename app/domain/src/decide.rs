//! `decide`: the one path of every mutation by a person. The phone runs it before it shows something, the server runs it again before
//! it writes something, with what each knows ([`Facts`]). It reads no store and no clock.

use crate::account::{Actor, Permission, Power, Role};
use crate::carry::VOUCHING;
use crate::closing::Closing;
use crate::consent::{self, Consent, Given};
use crate::id::{AccountId, MeetingId, NoticeId, OpId, UnitId};
use crate::meeting::{Form, Meeting, MeetingStatus};
use crate::member::Member;
use crate::notice::{Guest, Notice};
use crate::op::{Body, How, Op};
use crate::presence::{Mark, Void, Who, Witness};
use crate::request::{Answer, MOST_ANSWERS, Request};
use crate::time::Millis;
use crate::unit::UnitTree;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What `decide` needs to know about the things that an op names. Whoever calls it loads exactly these.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The meeting of `body.meeting()`.
    pub meeting: Option<Meeting>,
    /// The member of `body.who()`.
    pub member: Option<Member>,
    /// The member that the actor is, when the body is about the actor's own things (`notice.read`).
    pub own: Option<Member>,
    /// The guest of `body.who()`.
    pub guest: Option<Guest>,
    /// The notice of `body.notice()`.
    pub notice: Option<Notice>,
    /// The request of `body.request()`.
    pub request: Option<Request>,
    /// What the actor has agreed to, when the body is about that.
    pub consent: Option<Consent>,
    /// The first of `op.deps` that is not applied yet.
    pub missing_dep: Option<OpId>,
    /// Ops that a closing names and nobody here has.
    pub not_here: BTreeSet<OpId>,
    /// Somebody who may do it himself has accepted it: a right that has ended since counts as when it held ([`crate::carry`]).
    pub vouched: bool,
}

/// Why an op is held or refused. Every value has a Vietnamese sentence and a way out on the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// An op that it depends on has not arrived.
    MissingDep,
    /// The kind is newer than this server.
    UnknownKind,
    /// The actor's permission has changed since.
    PermissionChanged,
    /// The actor never had the right.
    Forbidden,
    /// The meeting is not open yet.
    MeetingNotOpen,
    /// The meeting is closed.
    MeetingClosed,
    /// The meeting is cancelled.
    MeetingCancelled,
    /// The meeting is not known (yet).
    UnknownMeeting,
    /// The person is not known (yet).
    UnknownPerson,
    /// The notice is not known (yet).
    UnknownNotice,
    /// The unit is not known, or the thing belongs to another unit.
    WrongUnit,
    /// The code of the meeting does not match.
    WrongCode,
    /// The body does not fit its kind.
    BadBody,
    /// Online meetings are off in this unit.
    OnlineOff,
    /// Same id with other bytes.
    SameIdOtherBytes,
    /// The account of the op is not the one signed in.
    OtherAccount,
    /// Somebody else brought it: it waits for its author or for somebody who vouches.
    Carried,
    /// It came from a phone that had been signed out from elsewhere: it waits like a carried one.
    Revoked,
    /// Somebody has just accepted it who may do it himself; it is decided in the same moment.
    Vouched,
    /// This person has been marked at this meeting more often than anybody counts ([`crate::presence::MOST`]).
    TooMany,
    /// A reason that this build does not know.
    #[serde(other)]
    Other,
}

/// What a held op waits for: when it changes, the op is decided again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WaitsFor {
    /// Another op.
    Op(OpId),
    /// A change of the meeting.
    Meeting(MeetingId),
    /// The person's record.
    Who(Who),
    /// The notice.
    Notice(NoticeId),
    /// A new build or a person's decision.
    Nothing,
}

/// The decision about an op.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Counts.
    Apply(Effect),
    /// Durable, not counted yet.
    Hold(Why, WaitsFor),
    /// Durable raw copy, never counted.
    Refuse(Why),
}

/// What applying an op writes: exactly one row changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The meeting becomes this.
    Meeting(Meeting),
    /// A witness is added.
    Mark(MeetingId, Who, Witness),
    /// An undo is added.
    Void(MeetingId, Who, Void),
    /// A guest is added.
    Guest(Guest),
    /// The notice becomes this.
    Notice(Notice),
    /// The member (first) has read the notice, at that time.
    Read(NoticeId, crate::id::MemberId, Millis),
    /// The member's record becomes this.
    Member(Member),
    /// The request becomes this.
    Request(Request),
    /// What somebody has agreed to becomes this.
    Consent(Consent),
    /// These carried ops are accepted by this person.
    Accepted(AccountId, BTreeSet<OpId>),
}

/// Decides an op. `at` is the estimated time of the op, for showing only; `now` says which grants hold.
#[must_use]
pub fn decide(
    actor: &Actor,
    units: &UnitTree,
    facts: &Facts,
    op: &Op,
    body: &Body,
    at: Millis,
    now: Millis,
) -> Verdict {
    if op.act != actor.account {
        return Verdict::Refuse(Why::OtherAccount);
    }
    if let Some(dep) = facts.missing_dep {
        return Verdict::Hold(Why::MissingDep, WaitsFor::Op(dep));
    }
    if units.get(op.u).is_none() {
        return Verdict::Refuse(Why::WrongUnit);
    }
    let case = Case { actor, units, facts, op: op.id, unit: op.u, at, now };
    case.body(body).unwrap_or_else(|stop| match stop {
        Stop::Hold(why, waits) => Verdict::Hold(why, waits),
        Stop::Refuse(why) => Verdict::Refuse(why),
    })
}

struct Case<'a> {
    actor: &'a Actor,
    units: &'a UnitTree,
    facts: &'a Facts,
    op: OpId,
    unit: UnitId,
    at: Millis,
    now: Millis,
}

/// Why a step goes no further; small, so that `?` stays cheap.
enum Stop {
    Hold(Why, WaitsFor),
    Refuse(Why),
}

type Step<T> = Result<T, Stop>;

impl Case<'_> {
    #[expect(clippy::too_many_lines, reason = "one arm a kind: the table reads best in one piece")]
    fn body(&self, body: &Body) -> Step<Verdict> {
        match body {
            Body::MeetingPlanned { meeting, plan } => {
                self.need(Power::HoldMeetings)?;
                if plan.form != Form::InPerson && !self.units.get(self.unit).is_some_and(|u| u.online_allowed) {
                    return Err(Stop::Refuse(Why::OnlineOff));
                }
                let mut plan = plan.clone();
                let (status, closing) = match &self.facts.meeting {
                    Some(old) if old.unit != self.unit => return Err(Stop::Refuse(Why::WrongUnit)),
                    Some(old) => {
                        // The ward plans, too, and never sees the code: a plan without one keeps it.
                        plan.code = plan.code.or_else(|| old.plan.code.clone());
                        (old.status, old.closing.clone())
                    }
                    None => (MeetingStatus::Planned, None),
                };
                Ok(Verdict::Apply(Effect::Meeting(Meeting { id: *meeting, unit: self.unit, plan, status, closing })))
            }
            Body::MeetingOpened { .. } => self.turn(body, MeetingStatus::Open, None),
            Body::MeetingClosed { .. } => self.turn(body, MeetingStatus::Closed, None),
            Body::MeetingClosedSeen { seen, .. } => {
                let closing = seen.clone().waiting_for(|id| self.facts.not_here.contains(&id));
                self.turn(body, MeetingStatus::Closed, Some(Box::new(closing)))
            }
            Body::MeetingCancelled { .. } => self.turn(body, MeetingStatus::Cancelled, None),
            Body::Present { who, present, how, code, .. } => {
                let meeting = self.meeting(body)?;
                let role = self.may_mark(meeting, *who, *how == How::Own)?;
                self.known(meeting, *who)?;
                if *how == How::Own && meeting.plan.code.is_some() && meeting.plan.code != *code {
                    return Err(Stop::Refuse(Why::WrongCode));
                }
                Self::is_open(meeting)?;
                Ok(self.mark(meeting, *who, role, Mark::Present(*present)))
            }
            Body::Excused { member, reason, told, .. } => {
                let meeting = self.meeting(body)?;
                let who = Who::Member(*member);
                let role = self.need_at(Power::TakeAttendance, meeting)?;
                self.known(meeting, who)?;
                // An excuse may be told before the meeting opens.
                if meeting.status != MeetingStatus::Planned {
                    Self::is_open(meeting)?;
                }
                Ok(self.mark(meeting, who, role, Mark::Excused { reason: reason.trim().to_owned(), told: *told }))
            }
            Body::MarkedAbsent { member, .. } => {
                let meeting = self.meeting(body)?;
                let who = Who::Member(*member);
                let role = self.need_at(Power::TakeAttendance, meeting)?;
                self.known(meeting, who)?;
                Self::is_open(meeting)?;
                Ok(self.mark(meeting, who, role, Mark::Absent))
            }
            Body::Voided { who, ops, .. } => {
                let meeting = self.meeting(body)?;
                let own = self.permission_at(Power::TakeAttendance, meeting) == Permission::No;
                let role = self.may_mark(meeting, *who, own)?;
                self.known(meeting, *who)?;
                if meeting.status != MeetingStatus::Planned {
                    Self::is_open(meeting)?;
                }
                let void = Void { names: ops.clone(), by: self.actor.account, role, seq: None, t: self.at };
                Ok(Verdict::Apply(Effect::Void(meeting.id, *who, void)))
            }
            Body::GuestAdded { guest, name, note, .. } => {
                let meeting = self.meeting(body)?;
                self.need_at(Power::TakeAttendance, meeting)?;
                Self::is_open(meeting)?;
                Ok(Verdict::Apply(Effect::Guest(Guest {
                    id: *guest,
                    meeting: meeting.id,
                    name: name.clone(),
                    note: note.clone(),
                })))
            }
            Body::NoticeWritten { notice, text } => {
                self.need(Power::WriteNotices)?;
                if self.facts.notice.as_ref().is_some_and(|old| old.unit != self.unit) {
                    return Err(Stop::Refuse(Why::WrongUnit));
                }
                let withdrawn = self.facts.notice.as_ref().and_then(|n| n.withdrawn);
                Ok(Verdict::Apply(Effect::Notice(Notice {
                    id: *notice,
                    unit: self.unit,
                    text: text.clone(),
                    by: self.actor.account,
                    withdrawn,
                })))
            }
            Body::NoticeWithdrawn { .. } => {
                let mut notice = self.notice(body)?.clone();
                self.need(Power::WriteNotices)?;
                if notice.unit != self.unit {
                    return Err(Stop::Refuse(Why::WrongUnit));
                }
                notice.withdrawn = Some(self.at);
                Ok(Verdict::Apply(Effect::Notice(notice)))
            }
            Body::NoticeRead { .. } => {
                let Some(own) = self.facts.own.as_ref().filter(|m| Some(m.id) == self.actor.member) else {
                    return Err(Stop::Refuse(Why::Forbidden));
                };
                self.need(Power::TakePart)?;
                let notice = self.notice(body)?;
                if !self.units.is_within(own.cell, notice.unit) {
                    return Err(Stop::Refuse(Why::Forbidden));
                }
                Ok(Verdict::Apply(Effect::Read(notice.id, own.id, self.at)))
            }
            Body::MemberPut { member } => {
                self.need(Power::KeepRegister)?;
                let moved_in = self.facts.member.as_ref().is_some_and(|old| {
                    !matches!(
                        self.actor.may(Power::KeepRegister, old.cell, self.units, self.now.day()),
                        Permission::Yes(_)
                    )
                });
                if member.cell != self.unit || moved_in {
                    return Err(Stop::Refuse(Why::WrongUnit));
                }
                Ok(Verdict::Apply(Effect::Member(member.clone())))
            }
            Body::RequestMade { ask } => {
                let Some(member) = self.actor.member else { return Err(Stop::Refuse(Why::Forbidden)) };
                self.need(Power::TakePart)?;
                let (id, unit, at, received) = (self.op, self.unit, self.at, self.now);
                let (ask, answers) = (ask.clone(), Vec::new());
                let made = Request { id, unit, member, ask, at, received, answers, withdrawn: None };
                Ok(Verdict::Apply(Effect::Request(made)))
            }
            Body::RequestAnswered { request, say } => {
                self.need(Power::AnswerRequests)?;
                let mut row = self.request(*request)?;
                if row.answers.len() >= MOST_ANSWERS {
                    return Err(Stop::Refuse(Why::TooMany));
                }
                let (op, say, by, at) = (self.op, say.clone(), self.actor.account, self.at);
                row.add_answer(Answer { op, say, by, at, seq: None });
                Ok(Verdict::Apply(Effect::Request(row)))
            }
            Body::RequestWithdrawn { request } => {
                let mut row = self.request(*request)?;
                if Some(row.member) != self.actor.member {
                    return Err(Stop::Refuse(Why::Forbidden));
                }
                row.take_back(self.at);
                Ok(Verdict::Apply(Effect::Request(row)))
            }
            Body::ConsentGiven { version } => {
                let mut row = self.consent()?;
                if row.given.len() >= consent::MOST {
                    return Err(Stop::Refuse(Why::TooMany));
                }
                row.give(Given { op: self.op, version: *version, at: self.at });
                Ok(Verdict::Apply(Effect::Consent(row)))
            }
            Body::ConsentWithdrawn { ops } => {
                let mut row = self.consent()?;
                if row.taken.len() + ops.len() > 2 * consent::MOST {
                    return Err(Stop::Refuse(Why::TooMany));
                }
                row.take_back(ops.iter().copied(), self.at);
                Ok(Verdict::Apply(Effect::Consent(row)))
            }
            // Which of them this person may vouch for is asked one by one where they lie.
            Body::CarriedAccepted { ops } => {
                if !VOUCHING.iter().any(|power| matches!(self.permission(*power), Permission::Yes(_))) {
                    self.need(Power::TakeAttendance)?;
                    return Err(Stop::Refuse(Why::Forbidden));
                }
                Ok(Verdict::Apply(Effect::Accepted(self.actor.account, ops.clone())))
            }
            Body::MemberEnded { member, ending } => {
                self.need(Power::KeepRegister)?;
                let Some(mut record) = self.facts.member.clone() else {
                    return Err(Stop::Hold(Why::UnknownPerson, WaitsFor::Who(Who::Member(*member))));
                };
                if record.cell != self.unit {
                    return Err(Stop::Refuse(Why::WrongUnit));
                }
                record.ended = Some(ending.clone());
                Ok(Verdict::Apply(Effect::Member(record)))
            }
        }
    }

    fn permission(&self, power: Power) -> Permission {
        match self.actor.may(power, self.unit, self.units, self.now.day()) {
            Permission::Lapsed if self.facts.vouched => self.actor.ever(power, self.unit, self.units, None),
            permission => permission,
        }
    }
    /// Over the meeting's unit, or as the meeting's deputy.
    fn permission_at(&self, power: Power, meeting: &Meeting) -> Permission {
        match self.actor.may_at(power, meeting, self.units, self.now.day()) {
            Permission::Lapsed if self.facts.vouched => self.actor.ever(power, meeting.unit, self.units, Some(meeting)),
            permission => permission,
        }
    }
    fn granted(permission: Permission) -> Step<Role> {
        match permission {
            Permission::Yes(role) => Ok(role),
            Permission::Lapsed => Err(Stop::Hold(Why::PermissionChanged, WaitsFor::Nothing)),
            Permission::No => Err(Stop::Refuse(Why::Forbidden)),
        }
    }
    fn need(&self, power: Power) -> Step<Role> {
        Self::granted(self.permission(power))
    }
    fn need_at(&self, power: Power, meeting: &Meeting) -> Step<Role> {
        Self::granted(self.permission_at(power, meeting))
    }
    /// Others are marked by those who take attendance; oneself with one's own phone.
    fn may_mark(&self, meeting: &Meeting, who: Who, own: bool) -> Step<Role> {
        if !own {
            return self.need_at(Power::TakeAttendance, meeting);
        }
        if who.member().is_none() || who.member() != self.actor.member {
            return Err(Stop::Refuse(Why::Forbidden));
        }
        // The member's own grant stands on the cell; the meeting may be the ward's.
        let cell = self.facts.member.as_ref().map_or(self.unit, |m| m.cell);
        match self.actor.may(Power::TakePart, cell, self.units, self.now.day()) {
            Permission::Yes(_) => Ok(Role::Member),
            Permission::Lapsed if self.facts.vouched => Ok(Role::Member),
            Permission::Lapsed => Err(Stop::Hold(Why::PermissionChanged, WaitsFor::Nothing)),
            Permission::No => Err(Stop::Refuse(Why::Forbidden)),
        }
    }
    fn meeting(&self, body: &Body) -> Step<&Meeting> {
        let Some(meeting) = &self.facts.meeting else {
            return Err(body
                .meeting()
                .map_or(Stop::Refuse(Why::BadBody), |m| Stop::Hold(Why::UnknownMeeting, WaitsFor::Meeting(m))));
        };
        if meeting.unit == self.unit { Ok(meeting) } else { Err(Stop::Refuse(Why::WrongUnit)) }
    }
    fn notice(&self, body: &Body) -> Step<&Notice> {
        self.facts.notice.as_ref().ok_or_else(|| {
            body.notice().map_or(Stop::Refuse(Why::BadBody), |n| Stop::Hold(Why::UnknownNotice, WaitsFor::Notice(n)))
        })
    }
    /// The request, in this unit's book. An answer may come before it: then it waits.
    fn request(&self, id: OpId) -> Step<Request> {
        match &self.facts.request {
            None => Err(Stop::Hold(Why::MissingDep, WaitsFor::Op(id))),
            Some(request) if request.unit != self.unit => Err(Stop::Refuse(Why::WrongUnit)),
            Some(request) => Ok(request.clone()),
        }
    }
    /// What the actor has agreed to so far. Whoever has any role at the unit or above speaks for himself in its book.
    fn consent(&self) -> Step<Consent> {
        let (account, member) = (self.actor.account, self.actor.member);
        let mut here = self.actor.grants.iter().filter(|g| self.units.is_within(self.unit, g.unit)).peekable();
        if here.peek().is_none() {
            return Err(Stop::Refuse(Why::Forbidden));
        }
        if !here.any(|g| g.holds_on(self.now.day())) {
            return Err(Stop::Hold(Why::PermissionChanged, WaitsFor::Nothing));
        }
        let before = self.facts.consent.clone().filter(|c| c.account == account);
        let before = before.unwrap_or_else(|| Consent::empty(account, member, self.unit));
        Ok(Consent { member, unit: self.unit, ..before })
    }
    fn is_open(meeting: &Meeting) -> Step<()> {
        let why = match meeting.status {
            MeetingStatus::Open => return Ok(()),
            MeetingStatus::Planned => Why::MeetingNotOpen,
            MeetingStatus::Closed => Why::MeetingClosed,
            MeetingStatus::Cancelled => Why::MeetingCancelled,
        };
        Err(Stop::Hold(why, WaitsFor::Meeting(meeting.id)))
    }
    /// The person is known and belongs to the meeting's unit (or the guest to the meeting).
    fn known(&self, meeting: &Meeting, who: Who) -> Step<()> {
        let wait = Stop::Hold(Why::UnknownPerson, WaitsFor::Who(who));
        match who {
            Who::Member(_) => {
                let member = self.facts.member.as_ref().ok_or(wait)?;
                if self.units.is_within(member.cell, meeting.unit) { Ok(()) } else { Err(Stop::Refuse(Why::WrongUnit)) }
            }
            Who::Guest(_) => {
                let guest = self.facts.guest.as_ref().ok_or(wait)?;
                if guest.meeting == meeting.id { Ok(()) } else { Err(Stop::Refuse(Why::WrongUnit)) }
            }
        }
    }
    fn mark(&self, meeting: &Meeting, who: Who, role: Role, mark: Mark) -> Verdict {
        let witness = Witness { mark, by: self.actor.account, role, seq: None, t: self.at };
        Verdict::Apply(Effect::Mark(meeting.id, who, witness))
    }
    fn turn(&self, body: &Body, to: MeetingStatus, closing: Option<Box<Closing>>) -> Step<Verdict> {
        self.need(Power::HoldMeetings)?;
        let meeting = self.meeting(body)?;
        Ok(Verdict::Apply(Effect::Meeting(Meeting { status: to, closing, ..meeting.clone() })))
    }
}
