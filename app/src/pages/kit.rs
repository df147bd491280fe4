//! Small answers that several pages for everybody give: who am I, which meeting is next, what is unread, how my own check-in stands,
//! and what an op is in plain words.

use crate::components::Tone;
use crate::routes::Place;
use crate::state::{App, Entry, Sending};
use crate::text::vi as t;
use crate::text::vi::common::{self as c, did};
use domain::account::Role;
use domain::book::Book;
use domain::consent::{Consent, Question, question, version};
use domain::decide::Why;
use domain::id::{MeetingId, MemberId, NoticeId, OpId, UnitId};
use domain::meeting::{Meeting, MeetingStatus, Standing};
use domain::member::Member;
use domain::notice::Notice;
use domain::op::{Body, How};
use domain::presence::{Status, Who};
use domain::seal::SEALED;
use domain::sync::Stage;
use domain::time::Millis;
use leptos::prelude::*;
use std::cmp::Reverse;
use uuid::Uuid;

/// A meeting that began longer ago than this and was never opened is past.
const PAST: i64 = Millis::DAY / 2;

/// The member that the account is, if it is one. Reactive.
pub fn me(app: App) -> Option<MemberId> {
    app.session().with(|s| s.as_ref().and_then(|s| s.me.member))
}

/// In whose book somebody speaks of himself: the own cell, or the unit of the first role that holds today. Not reactive.
pub fn own_book(app: App) -> Option<UnitId> {
    let (me, today) = (app.session().with_untracked(|s| s.as_ref().map(|s| s.me.clone()))?, app.now().day());
    let cell = me.member.and_then(|m| app.view().with_untracked(|b| b.members.get(&m).map(|m| m.cell)));
    cell.or_else(|| me.roles.iter().find(|g| g.holds_on(today)).map(|g| g.unit))
}

/// Something about what the account has agreed to; none when it has said nothing. Reactive.
pub fn own_consent<T>(app: App, of: impl FnOnce(&Consent) -> T) -> Option<T> {
    let account = app.session().with(|s| s.as_ref().map(|s| s.me.id))?;
    app.view().with(|b| b.consents.get(&account).map(of))
}

/// What somebody is to be asked about the privacy notice. Reactive.
pub fn asked_to_agree(app: App) -> Question {
    own_consent(app, |said| question(Some(said), version())).unwrap_or(Question::First)
}

/// The id in the path. Reactive; none when it is not an id.
pub fn path_id<T: From<Uuid> + PartialEq + Send + Sync + 'static>() -> Memo<Option<T>> {
    let place = expect_context::<Place>();
    Memo::new(move |_| place.0.with(|found| found.as_ref().and_then(|f| Uuid::parse_str(&f.id).ok()).map(T::from)))
}

/// Meetings that run or are to come, the open ones first, then by start.
pub fn coming(book: &Book, now: Millis) -> Vec<&Meeting> {
    let mut all: Vec<&Meeting> = book
        .meetings
        .values()
        .filter(|m| match m.status {
            MeetingStatus::Open => true,
            MeetingStatus::Planned => m.plan.starts > now.plus(-PAST),
            MeetingStatus::Closed | MeetingStatus::Cancelled => false,
        })
        .collect();
    all.sort_by_key(|m| (m.status != MeetingStatus::Open, m.plan.starts, m.id));
    all
}

/// Notices that members may see, newest first.
pub fn public_notices(book: &Book, now: Millis) -> Vec<&Notice> {
    let mut all: Vec<&Notice> = book.notices.values().filter(|n| n.is_public(now)).collect();
    all.sort_by_key(|n| (Reverse(n.text.publish_at), n.id));
    all
}

/// A notice is unread for the person signed in: only members have read marks.
pub fn is_unread(book: &Book, notice: NoticeId, me: Option<MemberId>) -> bool {
    me.is_some_and(|me| !book.has_read(notice, me))
}

/// How the own presence at a meeting stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mine {
    /// Nothing yet.
    No,
    /// Checked in with the own phone.
    Own(Sending),
    /// Noted by somebody else.
    Other,
    /// The own check-in was held or refused.
    Look(OpId, Why),
    /// The phone could not save it.
    NotSaved(OpId),
}

/// How the own presence at a meeting stands. Reactive.
pub fn mine(app: App, meeting: MeetingId) -> Mine {
    let Some(me) = me(app) else { return Mine::No };
    let who = Who::Member(me);
    let mut last: Option<(OpId, Sending)> = None;
    // The server's rows, or the meeting's being open, may not have arrived here yet.
    let mut ahead = false;
    app.outbox().with(|entries| {
        for e in entries.iter().filter(|e| !e.is_put_away()) {
            if let Some(Body::Present { meeting: m, who: w, how: How::Own, .. }) = &e.body
                && *m == meeting
                && *w == who
            {
                last = Some((e.id, e.state));
                ahead = matches!(e.stage, Stage::Waiting | Stage::InBook { pulled: false, .. });
            }
        }
    });
    let (present, own) = app.view().with(|b| {
        let presence = b.presence_of(meeting, who);
        let deciding = presence.and_then(|p| p.deciding()).map(|(_, w)| w.role);
        (presence.is_some_and(|p| p.status().is_present()), deciding == Some(Role::Member))
    });
    match last {
        Some((op, Sending::NotSaved)) if !present => Mine::NotSaved(op),
        Some((op, Sending::NeedsLook(why))) if !present => Mine::Look(op, why),
        Some((_, state)) if (present || ahead) && !matches!(state, Sending::NeedsLook(_) | Sending::NotSaved) => {
            Mine::Own(state)
        }
        _ if present && own => Mine::Own(Sending::InBook),
        _ if present => Mine::Other,
        _ => Mine::No,
    }
}

/// The colour of a status.
pub const fn status_tone(status: &Status) -> Tone {
    match status {
        Status::Present(_) => Tone::Good,
        Status::Excused { .. } => Tone::Warn,
        Status::Absent => Tone::Bad,
        Status::Unmarked => Tone::Plain,
    }
}

/// The colour of a meeting's status.
pub const fn meeting_tone(status: MeetingStatus) -> Tone {
    match status {
        MeetingStatus::Open => Tone::Good,
        MeetingStatus::Planned => Tone::Info,
        MeetingStatus::Closed => Tone::Plain,
        MeetingStatus::Cancelled => Tone::Bad,
    }
}

/// One line of a member's history.
pub struct Past {
    /// Meeting.
    pub meeting: Meeting,
    /// How the member stood towards it.
    pub standing: Standing,
    /// Status.
    pub status: Status,
}

/// Meetings of a member's units that are over or run, newest first.
pub fn history(book: &Book, member: &Member) -> Vec<Past> {
    let mut all: Vec<Past> = book
        .meetings
        .values()
        .filter(|m| {
            matches!(m.status, MeetingStatus::Open | MeetingStatus::Closed) && book.units.is_within(member.cell, m.unit)
        })
        .map(|m| Past {
            meeting: m.clone(),
            standing: m.standing(member),
            status: book.status(m.id, Who::Member(member.id)),
        })
        .collect();
    all.sort_by_key(|p| Reverse((p.meeting.plan.starts, p.meeting.id)));
    all
}

/// What a closed meeting still waits for, one sentence a phone.
pub fn awaited(book: &Book, meeting: &Meeting) -> Vec<String> {
    let Some(closing) = &meeting.closing else { return Vec::new() };
    let closing = closing.clone().waiting_for(|id| !book.has(id));
    let mut lines: Vec<String> = closing.unsent.iter().map(|u| c::awaited(u.ops.len(), &u.name)).collect();
    // Who does not keep the marks cannot count them.
    let short = if book.presence.contains_key(&meeting.id) { domain::closing::short(book, meeting.id) } else { 0 };
    if short > 0 {
        lines.push(c::short(short));
    }
    lines
}

/// What an op is, in plain words.
pub fn describe(book: &Book, entry: &Entry) -> String {
    let unreadable = if entry.op.k == SEALED { did::SEALED } else { did::UNKNOWN };
    entry.body.as_ref().map_or_else(|| unreadable.to_owned(), |body| describe_body(book, body))
}

fn describe_body(book: &Book, body: &Body) -> String {
    let name = || who_name(book, body.who());
    let meeting = || {
        body.meeting()
            .and_then(|m| book.meetings.get(&m))
            .map_or_else(|| did::A_MEETING.to_owned(), |m| m.plan.title.clone())
    };
    let notice = || {
        body.notice()
            .and_then(|n| book.notices.get(&n))
            .map_or_else(|| did::A_NOTICE.to_owned(), |n| n.text.title.clone())
    };
    match body {
        Body::MeetingPlanned { plan, .. } => did::titled(did::PLAN, &plan.title),
        Body::MeetingOpened { .. } => did::titled(did::OPEN, &meeting()),
        Body::MeetingClosed { .. } | Body::MeetingClosedSeen { .. } => did::titled(did::CLOSE, &meeting()),
        Body::MeetingCancelled { .. } => did::titled(did::CANCEL, &meeting()),
        Body::Present { how: How::Own, .. } => did::own(&meeting()),
        Body::Present { present, .. } => did::present(&name(), *present),
        Body::Excused { .. } => did::excused(&name()),
        Body::MarkedAbsent { .. } => did::absent(&name()),
        Body::Voided { .. } => did::voided(&name()),
        Body::GuestAdded { name, .. } => did::guest(name.as_str()),
        Body::NoticeWritten { text, .. } => did::titled(did::WRITE, &text.title),
        Body::NoticeWithdrawn { .. } => did::titled(did::WITHDRAW, &notice()),
        Body::NoticeRead { .. } => did::titled(did::READ, &notice()),
        Body::MemberPut { member } => did::titled(did::MEMBER, member.name.as_str()),
        Body::MemberEnded { .. } => did::titled(did::ENDED, &name()),
        Body::CarriedAccepted { ops } => did::accepted(ops.len()),
        Body::RequestMade { .. } => did::REQUEST.to_owned(),
        Body::RequestAnswered { .. } => did::ANSWER.to_owned(),
        Body::RequestWithdrawn { .. } => did::REQUEST_BACK.to_owned(),
        Body::ConsentGiven { .. } => did::AGREED.to_owned(),
        Body::ConsentWithdrawn { .. } => did::AGREED_BACK.to_owned(),
    }
}

/// The name of a person, if this phone knows it.
pub fn who_name(book: &Book, who: Option<Who>) -> String {
    let name = match who {
        Some(Who::Member(m)) => book.members.get(&m).map(|m| m.name.as_str()),
        Some(Who::Guest(g)) => book.guests.get(&g).map(|g| g.name.as_str()),
        None => None,
    };
    name.unwrap_or(did::SOMEBODY).to_owned()
}

/// What a held op of somebody else is, by its kind.
pub fn describe_kind(book: &Book, kind: &str, who: Option<Who>, meeting: Option<MeetingId>) -> String {
    let title = meeting.and_then(|m| book.meetings.get(&m)).map_or(did::A_MEETING, |m| m.plan.title.as_str());
    match kind {
        "attendance.present" => did::present(&who_name(book, who), domain::presence::PresentAs::OnTime),
        "attendance.excuse" => did::excused(&who_name(book, who)),
        "attendance.absent" => did::absent(&who_name(book, who)),
        "attendance.void" => did::voided(&who_name(book, who)),
        "guest.add" => did::guest(&who_name(book, who)),
        "meeting.open" => did::titled(did::OPEN, title),
        "meeting.close" => did::titled(did::CLOSE, title),
        "meeting.cancel" => did::titled(did::CANCEL, title),
        "meeting.plan" => did::titled(did::PLAN, title),
        "request.make" => did::REQUEST.to_owned(),
        "request.answer" => did::ANSWER.to_owned(),
        _ => did::UNKNOWN.to_owned(),
    }
}

/// When and where a meeting is, as two lines with icons.
pub fn when_where(meeting: &Meeting, now: Millis) -> AnyView {
    use crate::components::Icon;
    let place = (!meeting.plan.place.trim().is_empty()).then(|| {
        view! {
            <p class="when">
                {Icon::Place.view()}
                <span>{meeting.plan.place.clone()}</span>
            </p>
        }
    });
    view! {
        <p class="when">
            {Icon::Clock.view()}
            <span>{t::moment(meeting.plan.starts, now)}</span>
        </p>
        {place}
    }
    .into_any()
}
