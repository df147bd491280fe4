//! *Dữ liệu của tôi*: what is held about whoever is signed in, who was given it, and taking it away as a file. Always asked of the server: it
//! is the server's word of what the server holds. What was asked and agreed to are ops and stand here without network, too.

use crate::api::{self, ApiError, sentence};
use crate::components::{Badge, Button, Card, ErrorFace, Frame, Icon, LoadingFace, OfflineFace};
use crate::pages::consent::answer;
use crate::pages::kit::status_tone;
use crate::pages::own_requests::own_requests;
use crate::state::use_app;
use crate::text::vi as t;
use crate::text::vi::common::own as c;
use domain::audit::{kind_vi, note_vi, role_vi};
use domain::own::{OwnData, OwnMeeting};
use domain::presence::Mark;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// So many lines of a list are shown at first.
const FIRST: usize = 10;

type Answer = Option<Result<OwnData, ApiError>>;

/// The page.
#[component]
pub fn OwnDataPage() -> AnyView {
    let app = use_app();
    let got: RwSignal<Answer> = RwSignal::new(None);
    let load = move || {
        got.set(None);
        spawn_local(async move {
            let answer = api::get::<OwnData>("own").await;
            // The page may be gone by now.
            let _ = got.try_set(Some(answer));
        });
    };
    load();
    let again = Callback::new(move |()| load());
    let retry = move || view! { <Button icon=Icon::Turn on_press=again>{t::RETRY}</Button> };
    view! {
        <Frame title=c::TITLE back="/cai-dat">
            <p>{c::LEAD}</p>
            {own_requests(app)}
            {answer(app)}
            {move || {
                got.with(|got| match got {
                    None => view! { <LoadingFace text=c::LOADING /> }.into_any(),
                    Some(Err(ApiError::Offline)) => view! { <OfflineFace title=c::OFFLINE>{retry()}</OfflineFace> }.into_any(),
                    Some(Err(error)) => {
                        let text = sentence(error).unwrap_or(c::STRANGE).to_owned();
                        view! { <ErrorFace text=text>{retry()}</ErrorFace> }.into_any()
                    }
                    Some(Ok(data)) => shown(data),
                })
            }}
        </Frame>
    }
    .into_any()
}

fn shown(data: &OwnData) -> AnyView {
    let link = |ending: &str, icon: Icon, word: &'static str| {
        let href = api::path(&["own.", ending].concat());
        view! {
            <a class="btn btn-secondary" href=href download="" rel="external" data-testid=["own-", ending].concat()>
                {icon.view()}
                {word}
            </a>
        }
        .into_any()
    };
    let looks: Vec<AnyView> = data
        .looks
        .iter()
        .map(|line| {
            let whom = if line.member.is_some() { c::ONLY_ME.to_owned() } else { c::of_unit(&line.unit_name) };
            let note = note_vi(&line.note);
            let what = kind_vi(&line.kind);
            let what = if note.is_empty() { what.to_owned() } else { [what, ": ", &note].concat() };
            entry(line.who_name.clone(), what, format!("{} · {whom}", line.at.moment_vi()))
        })
        .collect();
    let read: Vec<AnyView> = data
        .read
        .iter()
        .map(|read| {
            let title = if read.title.is_empty() { c::GONE.to_owned() } else { read.title.clone() };
            entry(title, String::new(), read.at.moment_vi())
        })
        .collect();
    let roles: Vec<AnyView> = data
        .roles
        .iter()
        .map(|role| entry(role.unit.clone(), role_vi(role.role).to_owned(), c::days(role.from, role.to)))
        .collect();
    let sessions: Vec<AnyView> = data
        .sessions
        .iter()
        .map(|session| {
            let name = if session.device.is_empty() { c::NO_NAME.to_owned() } else { session.device.clone() };
            entry(name, c::session(session.revoked, session.until), c::since(session.since))
        })
        .collect();
    let meetings: Vec<AnyView> = data.meetings.iter().map(meeting).collect();
    let row = data.member.as_ref().map(|_| {
        view! {
            <Card title=c::ROW>
                <p>{c::ROW_TEXT}</p>
                <Button icon=Icon::Notebook href="/so-lien-he">{t::NAV_BOOK}</Button>
            </Card>
        }
    });
    view! {
        <Card title=c::TAKE accent=true>
            <p>{c::TAKE_TEXT}</p>
            <div class="cluster">
                {link("html", Icon::Paper, c::TAKE_HTML)} {link("json", Icon::Download, c::TAKE_JSON)}
            </div>
        </Card>
        {section("own-looks", c::LOOKS, c::LOOKS_TEXT, c::LOOKS_NONE, looks)}
        {row}
        {section("own-meetings", c::MEETINGS, c::MEETINGS_TEXT, c::MEETINGS_NONE, meetings)}
        {section("own-read", c::READ, "", c::READ_NONE, read)}
        {section("own-roles", c::ROLES, "", c::ROLES_NONE, roles)}
        {section("own-sessions", c::SESSIONS, c::SESSIONS_TEXT, c::SESSIONS_NONE, sessions)}
        <p class="muted">{c::held(data.held)}</p>
    }
    .into_any()
}

/// A list with its number; what is long opens by itself only when asked.
fn section(
    testid: &'static str,
    title: &str,
    text: &'static str,
    none: &'static str,
    mut rows: Vec<AnyView>,
) -> AnyView {
    let title = c::with_number(title, rows.len());
    let text = (!text.is_empty()).then(|| view! { <p class="muted pad">{text}</p> });
    if rows.is_empty() {
        return view! { <section class="card" data-testid=testid><h2>{title}</h2> <p class="muted">{none}</p></section> }.into_any();
    }
    let rest = rows.split_off(rows.len().min(FIRST));
    let more = (!rest.is_empty()).then(|| {
        view! {
            <details class="fold pad">
                <summary>{c::more(rest.len())}</summary>
                <ul class="rows">{rest}</ul>
            </details>
        }
    });
    view! {
        <section class="card flush" data-testid=testid>
            <h2>{title}</h2>
            {text}
            <ul class="rows">{rows}</ul>
            {more}
        </section>
    }
    .into_any()
}

fn entry(name: String, text: String, below: String) -> AnyView {
    let text = (!text.is_empty()).then(|| view! { <p>{text}</p> });
    let below = (!below.is_empty()).then(|| view! { <p class="muted num">{below}</p> });
    view! { <li class="entry"><p class="name">{name}</p> {text} {below}</li> }.into_any()
}

fn mark_word(mark: &Mark) -> String {
    match mark {
        Mark::Present(how) => t::present_as(*how).to_owned(),
        Mark::Excused { reason, .. } if reason.is_empty() => c::EXCUSED.to_owned(),
        Mark::Excused { reason, .. } => [c::EXCUSED, ": ", reason].concat(),
        Mark::Absent => c::ABSENT.to_owned(),
    }
}

fn meeting(meeting: &OwnMeeting) -> AnyView {
    let marks: Vec<AnyView> = meeting
        .marks
        .iter()
        .map(|mark| {
            let text = c::mark(&mark_word(&mark.mark), &mark.by, mark.at, mark.undone);
            view! { <p class="muted num">{text}</p> }.into_any()
        })
        .collect();
    let title = if meeting.title.is_empty() { c::GONE.to_owned() } else { meeting.title.clone() };
    view! {
        <li class="entry">
            <p class="split">
                <span class="name">{title}</span>
                <Badge tone=status_tone(&meeting.status) text=t::status(&meeting.status) />
            </p>
            <p class="num">{format!("{} · {}", meeting.starts.moment_vi(), meeting.unit)}</p>
            {marks}
        </li>
    }
    .into_any()
}
