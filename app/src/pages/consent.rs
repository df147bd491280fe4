//! The privacy notice with the question whether somebody agrees. The answer is an op; the box is never ticked beforehand, and nothing waits for it.

use crate::components::{Banner, Button, Card, Check, Confirm, Frame, Icon, Kind, OpState, Tone, toast};
use crate::pages::kit;
use crate::state::{App, use_app};
use crate::text::vi as t;
use crate::text::vi::common::requests as c;
use crate::text::vi::public as p;
use domain::consent::{Consent, Question, version};
use domain::id::OpId;
use domain::op::Body;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// The page.
#[component]
pub fn ConsentPage() -> AnyView {
    let app = use_app();
    let question = Memo::new(move |_| kit::asked_to_agree(app));
    // What changed is told as long as the page stands, also after the answer.
    let changed = match question.get_untracked() {
        Question::Changed(older) => {
            p::PRIVACY_CHANGES.iter().filter(|(day, _)| *day > older.to_string().as_str()).collect()
        }
        _ => Vec::new(),
    };
    let changed = (!changed.is_empty()).then(|| {
        let lines = changed.into_iter().map(|(_, text)| view! { <p>{*text}</p> }).collect_view();
        view! { <Card title=c::CHANGED accent=true testid="consent-changed">{lines}</Card> }
    });
    let sections = p::PRIVACY_SECTIONS
        .iter()
        .map(|&(heading, paragraphs)| {
            let paragraphs = paragraphs.iter().map(|&text| view! { <p>{text}</p> }).collect_view();
            view! { <Card title=heading>{paragraphs}</Card> }
        })
        .collect_view();
    view! {
        <Frame title=c::NOTICE back="/">
            <p class="lead">{p::PRIVACY_LEAD}</p>
            <p class="muted num">{c::version(version())}</p>
            {changed}
            {sections}
            {move || if question.get() == Question::Nothing { answer(app) } else { ask(app) }}
        </Frame>
    }
    .into_any()
}

fn ask(app: App) -> AnyView {
    let ticked = RwSignal::new(false);
    let missing = RwSignal::new(false);
    let give = Callback::new(move |()| {
        missing.set(!ticked.get_untracked());
        let Some(unit) = kit::own_book(app).filter(|_| ticked.get_untracked()) else { return };
        match app.perform(unit, Body::ConsentGiven { version: version() }, Vec::new()) {
            Ok(_) => toast(c::AGREED_TOAST),
            Err(why) => toast(t::why(why).0),
        }
    });
    let navigate = use_navigate();
    let later = Callback::new(move |()| {
        app.prefs().put_off(app.now());
        toast(c::LATER_TOAST);
        navigate("/", NavigateOptions::default());
    });
    view! {
        <Card accent=true testid="consent-ask">
            <Check label=c::AGREE value=ticked testid="consent-check" />
            <div class="field" aria-live="polite">
                {move || {
                    (missing.get() && !ticked.get())
                        .then(|| view! { <p class="error">{Icon::Warn.small()}<span>{c::AGREE_ERR}</span></p> })
                }}
            </div>
            <Button kind=Kind::Primary wide=true icon=Icon::Check testid="consent-give" on_press=give>{c::AGREE_GO}</Button>
            <Button wide=true testid="consent-later" on_press=later>{c::LATER}</Button>
            <p class="muted">{c::AGREE_FREE}</p>
        </Card>
    }
    .into_any()
}

/// How it stands, with taking it back; on the page of the notice and in *Dữ liệu của tôi*.
pub fn answer(app: App) -> AnyView {
    let agreed = Memo::new(move |_| kit::own_consent(app, Consent::agreed).flatten());
    let last =
        Memo::new(move |_| app.outbox().with(|o| o.iter().rev().find(|e| is_about(e.body.as_ref())).map(|e| e.id)));
    let open = RwSignal::new(false);
    let back = Callback::new(move |()| {
        let ops = kit::own_consent(app, Consent::standing_ops).unwrap_or_default();
        let Some(unit) = kit::own_book(app).filter(|_| !ops.is_empty()) else { return };
        match app.perform(unit, Body::ConsentWithdrawn { ops }, Vec::new()) {
            Ok(_) => toast(c::TAKE_BACK_TOAST),
            Err(why) => toast(t::why(why).0),
        }
    });
    view! {
        <Card title=c::NOTICE testid="consent-state">
            {move || match agreed.get() {
                Some((of, at)) => {
                    let old = (of < version()).then(|| view! { <p>{c::CARD_CHANGED}</p> });
                    view! {
                        <Banner tone=Tone::Good icon=Icon::Check><p class="num">{c::agreed(of, at)}</p></Banner>
                        {old}
                    }
                        .into_any()
                }
                None => view! { <p>{c::NOT_AGREED}</p> }.into_any(),
            }}
            {move || last.get().map(|op| sent(app, op))}
            <div class="cluster">
                {move || {
                    let unsaid = agreed.get().is_none_or(|(of, _)| of < version());
                    unsaid.then(|| view! { <ReadAgain app=app /> })
                }}
                {move || {
                    agreed.get().is_some().then(|| {
                        view! {
                            <Button kind=Kind::Danger testid="consent-back" on_press=Callback::new(move |()| open.set(true))>
                                {c::TAKE_BACK}
                            </Button>
                        }
                    })
                }}
            </div>
            <p class="muted">{c::AGREE_FREE}</p>
            <Confirm open=open title=c::TAKE_BACK text=c::TAKE_BACK_TEXT yes=c::TAKE_BACK danger=true on_yes=back />
        </Card>
    }
    .into_any()
}

/// To the notice; on its own page, where somebody took it back, the same answer again.
#[component]
fn ReadAgain(app: App) -> AnyView {
    let again = move |()| {
        let Some(unit) = kit::own_book(app) else { return };
        if let Err(why) = app.perform(unit, Body::ConsentGiven { version: version() }, Vec::new()) {
            toast(t::why(why).0);
        }
    };
    let here = expect_context::<crate::routes::Place>().0.with_untracked(|f| f.as_ref().is_some_and(|f| f.route == AT));
    if here {
        let ticked = RwSignal::new(false);
        return view! {
            <Check label=c::AGREE value=ticked testid="consent-check" />
            <Button
                icon=Icon::Check
                testid="consent-give"
                disabled=Signal::derive(move || !ticked.get())
                on_press=Callback::new(again)
            >
                {c::AGREE_GO}
            </Button>
        }
        .into_any();
    }
    view! { <Button icon=Icon::Paper href=AT testid="to-consent">{c::CARD_READ}</Button> }.into_any()
}

/// Where the page is.
const AT: &str = crate::routes::AGREE;

fn is_about(body: Option<&Body>) -> bool {
    body.is_some_and(Body::is_consent)
}

/// The state of an op that is still on its way, or needs a look.
fn sent(app: App, op: OpId) -> AnyView {
    view! { <OpState state=Signal::derive(move || app.sending(op)) /> }.into_any()
}
