//! A member checks in with the own phone: six digits from the secretary's screen, saved before anything is sent. It works without a
//! network and says at every moment where the check-in is. A wrong code loses nothing.

use crate::components::{
    Banner, Button, Card, EmptyFace, Frame, Icon, InstallCard, Kind, LoadingFace, OpState, Tone, sending_text,
    sending_word,
};
use crate::pages::kit::{self, Mine};
use crate::state::{App, Sending, use_app};
use crate::text::vi as t;
use crate::text::vi::common as c;
use domain::decide::Why;
use domain::id::{MeetingId, OpId};
use domain::meeting::{Meeting, MeetingStatus, is_code};
use domain::op::{Body, How};
use domain::presence::{PresentAs, Who};
use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;

/// The page.
#[component]
pub fn SelfCheckin() -> AnyView {
    let app = use_app();
    let id = kit::path_id::<MeetingId>();
    let meeting = Memo::new(move |_| id.get().and_then(|id| app.view().with(|b| b.meetings.get(&id).cloned())));
    let mine = Memo::new(move |_| id.get().map_or(Mine::No, |id| kit::mine(app, id)));
    let done = Signal::derive(move || matches!(mine.get(), Mine::Own(_)));
    view! {
        <Frame title=c::CHECK_IN back="/" calm=true>
            {move || match meeting.get() {
                Some(meeting) => {
                    view! {
                        {head(app, &meeting)}
                        {way(app, meeting, mine)}
                    }
                        .into_any()
                }
                None if !app.ready().get() => view! { <LoadingFace /> }.into_any(),
                None => {
                    view! {
                        <EmptyFace icon=Icon::Calendar title=c::NO_SUCH_MEETING text=c::NO_SUCH_MEETING_TEXT>
                            <Button href="/">{t::GO_HOME}</Button>
                        </EmptyFace>
                    }
                        .into_any()
                }
            }}
            <InstallCard invited=app.prefs().invited when=done />
        </Frame>
    }
    .into_any()
}

fn head(app: App, meeting: &Meeting) -> AnyView {
    view! {
        <section class="stack-tight">
            <h2>{meeting.plan.title.clone()}</h2>
            {kit::when_where(meeting, app.now())}
        </section>
    }
    .into_any()
}

/// The form, or where the check-in is. A form that is being typed in stays while other rows change.
fn way(app: App, meeting: Meeting, mine: Memo<Mine>) -> AnyView {
    let refused = RwSignal::new(None::<Why>);
    let status = meeting.status;
    let meeting = StoredValue::new(meeting);
    // Which face: changes only when it must, so that typing is never interrupted.
    let face = Memo::new(move |_| match mine.get() {
        Mine::Own(_) => 1,
        Mine::Other => 2,
        Mine::Look(_, why) if why != Why::WrongCode => 3,
        Mine::Look(..) | Mine::NotSaved(_) | Mine::No => 0,
    });
    (move || match face.get() {
        1 => progress(mine),
        2 => view! {
            <Banner tone=Tone::Good icon=Icon::Check>
                <p data-testid="checked-in">{c::CHECKED_IN_OTHER}</p>
            </Banner>
        }
        .into_any(),
        3 => look(mine),
        _ if kit::me(app).is_none() => {
            view! { <Banner tone=Tone::Info icon=Icon::Info><p>{c::CHECK_NOT_MEMBER}</p></Banner> }.into_any()
        }
        _ if status == MeetingStatus::Closed => {
            view! { <Banner tone=Tone::Warn icon=Icon::Lock><p>{c::CHECK_CLOSED}</p></Banner> }.into_any()
        }
        _ if status == MeetingStatus::Cancelled => {
            view! { <Banner tone=Tone::Bad icon=Icon::Cross><p>{c::CHECK_CANCELLED}</p></Banner> }.into_any()
        }
        _ => view! { <CodeForm meeting=meeting mine=mine refused=refused /> }.into_any(),
    })
    .into_any()
}

#[component]
fn CodeForm(meeting: StoredValue<Meeting>, mine: Memo<Mine>, refused: RwSignal<Option<Why>>) -> AnyView {
    let app = use_app();
    let code = RwSignal::new(String::new());
    let short = RwSignal::new(false);
    // What went wrong: this phone's word at once, or the server's word about the last try.
    let error = Memo::new(move |_| {
        if short.get() {
            return Some(c::CODE_SHORT.to_owned());
        }
        match (refused.get(), mine.get()) {
            (Some(Why::WrongCode), _) | (None, Mine::Look(_, Why::WrongCode)) => Some(c::CODE_WRONG.to_owned()),
            // This phone said no, so nothing was written: the ways out of held ops do not fit.
            (Some(why), _) => Some(format!("{} {}", t::why(why).0, c::CODE_NOT_KEPT)),
            (None, Mine::NotSaved(_)) => Some(t::SENDING_NOT_SAVED_TEXT.to_owned()),
            _ => None,
        }
    });
    let input = NodeRef::<Input>::new();
    Effect::new(move |_| {
        // After a wrong code the next digits go where they belong.
        if error.with(Option::is_some)
            && let Some(element) = input.get()
        {
            // A field that has gone again needs no focus.
            let _ = element.focus();
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let typed = code.get_untracked();
        if !is_code(&typed) {
            short.set(true);
            app.prefs().acknowledge(false);
            return;
        }
        let earlier = match mine.get_untracked() {
            Mine::Look(op, _) | Mine::NotSaved(op) => Some(op),
            _ => None,
        };
        check_in(app, &meeting.get_value(), typed, earlier, refused);
    };
    view! {
        <form class="stack" novalidate on:submit=submit>
            <Card accent=true>
                <label class="label" for="code">{c::CODE_LABEL}</label>
                <p class="muted" id="code-hint">{c::CODE_HINT}</p>
                <input
                    id="code"
                    node_ref=input
                    class="input code-input"
                    type="text"
                    inputmode="numeric"
                    autocomplete="one-time-code"
                    enterkeyhint="go"
                    maxlength="6"
                    placeholder="000000"
                    data-testid="code-input"
                    aria-describedby="code-hint code-error"
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    prop:value=move || code.get()
                    on:input=move |e| {
                        let digits: String = event_target_value(&e).chars().filter(char::is_ascii_digit).take(6).collect();
                        code.set(digits);
                        code.notify();
                        short.set(false);
                    }
                />
                <div id="code-error" role="status" aria-live="assertive" data-testid="code-error">
                    {move || {
                        error
                            .get()
                            .map(|e| {
                                view! {
                                    <p class="banner tone-bad">
                                        {Icon::Warn.view()}
                                        <span>{e}</span>
                                    </p>
                                }
                            })
                    }}
                </div>
                <Button kind=Kind::Big submit=true icon=Icon::Check testid="code-submit">{c::CODE_GO}</Button>
            </Card>
        </form>
    }
    .into_any()
}

fn check_in(app: App, meeting: &Meeting, code: String, earlier: Option<OpId>, refused: RwSignal<Option<Why>>) {
    let Some(me) = kit::me(app) else { return refused.set(Some(Why::Forbidden)) };
    let body = Body::Present {
        meeting: meeting.id,
        who: Who::Member(me),
        present: PresentAs::OnTime,
        how: How::Own,
        code: Some(code),
    };
    match app.perform(meeting.unit, body, Vec::new()) {
        Ok(_) => {
            refused.set(None);
            app.prefs().acknowledge(true);
            // The new try takes the place of the refused one; its bytes stay at the server.
            if let Some(op) = earlier {
                app.forget(op);
            }
        }
        Err(why) => {
            refused.set(Some(why));
            app.prefs().acknowledge(false);
        }
    }
}

/// The four steps, and at which one the check-in is.
fn progress(mine: Memo<Mine>) -> AnyView {
    const STEPS: [Sending; 4] = [Sending::Saving, Sending::Saved, Sending::Sent, Sending::InBook];
    let state = Memo::new(move |_| match mine.get() {
        Mine::Own(state) => state,
        _ => Sending::Saving,
    });
    let at = move || STEPS.iter().position(|s| *s == state.get()).unwrap_or(0);
    let steps = STEPS
        .iter()
        .enumerate()
        .map(|(n, step)| {
            view! {
                <li class="path-step" class:reached=move || n <= at() class:here=move || n == at() aria-current=move || (n == at()).then_some("step")>
                    <span class="path-mark">{move || if n <= at() { Icon::Check.small() } else { ().into_any() }}</span>
                    <span>{sending_word(step)}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <Card accent=true testid="checkin-result">
            <div class="done-big" role="status" aria-live="polite">
                <span class="done-mark">{Icon::Check.view()}</span>
                <p class="big-title" data-testid="checked-in">{c::CHECKED_IN}</p>
                <OpState state=Signal::derive(move || Some(state.get())) />
            </div>
            <ol class="path" aria-label=c::CHECK_STEPS>{steps}</ol>
            <p>{move || sending_text(&state.get()).0}</p>
            {move || (state.get() == Sending::Saved).then(|| view! { <p class="muted">{c::CHECKED_IN_SAFE}</p> })}
            <Button href="/" wide=true>{t::GO_HOME}</Button>
        </Card>
    }
    .into_any()
}

/// The server kept the check-in but does not count it (yet).
fn look(mine: Memo<Mine>) -> AnyView {
    (move || {
        let Mine::Look(_, why) = mine.get() else { return ().into_any() };
        let (reason, way) = t::why(why);
        view! {
            <Card accent=true>
                <Banner tone=Tone::Bad icon=Icon::Warn>
                    <p>{c::CHECKED_IN_LOOK}</p>
                    <p>{reason}</p>
                </Banner>
                <p>{way}</p>
                <Button href="/chua-gui" wide=true>{c::SENT_OPEN}</Button>
            </Card>
        }
        .into_any()
    })
    .into_any()
}
