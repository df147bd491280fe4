//! *Cài đặt*: size of text, sound, this phone and account, installing, signing out.

use crate::components::{Banner, Button, Card, Check, Choice, Confirm, Frame, Icon, Kind, Side, Tone, install_way};
use crate::pages::unsent::faces;
use crate::platform::passkeys;
use crate::routes;
use crate::state::{App, TextSize, use_app};
use crate::text::vi::common::{self as c, own, passkeys as k, phones, pin, requests};
use crate::text::vi::powers as w;
use crate::text::vi::public as p;
use crate::text::vi::staff::audit as s;
use crate::text::vi::staff::requests::REQ_SET;
use domain::account::{Power, Role};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// The page.
#[component]
pub fn Settings() -> AnyView {
    let app = use_app();
    let prefs = app.prefs();
    let roles = roles(app);
    // The three sizes as a choice of words.
    let size = RwSignal::new(word(prefs.text_size.get_untracked()).to_owned());
    Effect::new(move |_| {
        let chosen = size.get();
        if let Some(chosen) = TextSize::ALL.into_iter().find(|s| word(*s) == chosen)
            && chosen != prefs.text_size.get_untracked()
        {
            prefs.text_size.set(chosen);
        }
    });
    Effect::new(move |_| prefs.vibration.set(prefs.sound.get()));
    let sizes = TextSize::ALL.into_iter().map(|s| (word(s).to_owned(), word(s).to_owned())).collect();
    let name = move || app.session().with(|s| s.as_ref().map(|s| s.me.name.clone()).unwrap_or_default());
    let device = move || app.session().with(|s| s.as_ref().map(|s| s.device_name.clone()).unwrap_or_default());
    let holds = move |of: fn(Role) -> bool| {
        Memo::new(move |_| app.session().with(|s| s.as_ref().is_some_and(|s| s.me.roles.iter().any(|g| of(g.role)))))
    };
    let manages = holds(|role| matches!(role, Role::Admin | Role::Ward));
    let keeps = holds(|role| matches!(role, Role::Secretary | Role::Ward | Role::Admin));
    let login = holds(|role| !matches!(role, Role::Member | Role::Deputy));
    let reads_audit = holds(|role| role.has(Power::ReadAudit));
    let ask = RwSignal::new(false);
    let unsent = Memo::new(move |_| app.counts().with(|n| n.unsent()));
    let leave_text = Signal::derive(move || match unsent.get() {
        0 => c::SET_LEAVE_TEXT.to_owned(),
        n => format!("{} {}", c::leave_unsent(n), c::SET_LEAVE_TEXT),
    });
    let navigate = use_navigate();
    let leave = Callback::new(move |()| {
        let navigate = navigate.clone();
        spawn_local(async move {
            app.sign_out().await;
            navigate("/vao", NavigateOptions { replace: true, ..Default::default() });
        });
    });
    view! {
        <Frame title=c::SETTINGS back="/">
            {roles}
            <Card>
                <Choice label=c::SET_TEXT value=size options=sizes testid="text-size" />
                <p class="name">{c::SET_TEXT_SAMPLE}</p>
                <Check label=c::SET_SOUND value=prefs.sound testid="sound" />
            </Card>
            {faces::cloned(app)}
            <Card title=c::SET_DEVICE>
                <dl class="own">
                    <div>
                        <dt>{c::SET_ACCOUNT}</dt>
                        <dd>{name}</dd>
                    </div>
                    <div>
                        <dt>{c::SET_DEVICE_NAME}</dt>
                        <dd>{device}</dd>
                    </div>
                    <div>
                        <dt>{c::SET_BUILD}</dt>
                        <dd>{env!("CARGO_PKG_VERSION")}</dd>
                    </div>
                </dl>
                <p class="muted">{phones::SET_TEXT}</p>
                <Button icon=Icon::Phone href="/may-dang-nhap" testid="to-phones">{phones::TITLE}</Button>
                {move || {
                    (unsent.get() > 0).then(|| view! { <Banner tone=Tone::Warn icon=Icon::Warn><p>{c::leave_unsent(unsent.get())}</p></Banner> })
                }}
                <Button kind=Kind::Danger icon=Icon::Leave testid="sign-out" on_press=Callback::new(move |()| ask.set(true))>
                    {c::SET_LEAVE}
                </Button>
            </Card>
            {pin_card(app)}
            {passkeys_card()}
            <Card title=c::SET_WAYS>
                <p class="muted">{c::SET_WAYS_TEXT}</p>
                <div class="cluster">
                    <Button icon=Icon::Phone href="/may-moi" testid="to-new-phone">{c::SET_NEW_PHONE}</Button>
                    <Button icon=Icon::Print href="/ma-du-phong" testid="to-drawer">{c::SET_DRAWER}</Button>
                    {move || login.get().then(|| view! { <Button icon=Icon::Lock href=routes::SIGN_IN_SET_UP testid="to-set-up">{c::SET_PASSWORD}</Button> })}
                </div>
            </Card>
            {requests_card(app)}
            {move || {
                manages.get().then(|| {
                    view! {
                        <Card title=c::SET_OFFICE>
                            <p>{c::SET_OFFICE_TEXT}</p>
                            <Button icon=Icon::Tree href="/quan-tri" testid="to-office">{c::SET_OFFICE}</Button>
                        </Card>
                    }
                })
            }}
            {move || keeps.get().then(unit_phones)}
            <Card title=own::TITLE>
                <p>{own::SET_TEXT}</p>
                <Button icon=Icon::Paper href="/du-lieu-cua-toi" testid="to-own">{own::TITLE}</Button>
            </Card>
            {move || {
                reads_audit.get().then(|| {
                    view! {
                        <Card title=s::AUDIT>
                            <p>{s::AUDIT_SET_TEXT}</p>
                            <Button icon=Icon::Notebook href="/nhat-ky" testid="to-audit">{s::AUDIT}</Button>
                        </Card>
                    }
                })
            }}
            <Card title=c::INSTALL_TITLE>{install_way(prefs.invited)}</Card>
            <Card title=c::SET_MORE>
                <nav class="cluster" aria-label=c::SET_MORE>
                    <a class="btn btn-secondary" href=routes::HELP>{p::HELP}</a>
                    <a class="btn btn-secondary" href=routes::ABOUT>{p::ABOUT}</a>
                    <a class="btn btn-secondary" href=routes::PRIVACY>{p::PRIVACY}</a>
                    <a class="btn btn-secondary" href=routes::WHO_SEES data-testid="to-who-sees">{w::WHO_SEES}</a>
                </nav>
            </Card>
            <Confirm open=ask title=c::SET_LEAVE_ASK text=leave_text yes=c::SET_LEAVE danger=true on_yes=leave />
        </Frame>
    }
    .into_any()
}

/// The way to the phones of a unit.
fn unit_phones() -> AnyView {
    view! {
        <Card title=c::SET_PHONES>
            <p>{c::SET_PHONES_TEXT}</p>
            <Button icon=Icon::Phone href="/may-don-vi" testid="to-unit-phones">{c::SET_PHONES}</Button>
        </Card>
    }
    .into_any()
}

/// The worklist, for those who answer what members ask about their data.
fn requests_card(app: App) -> AnyView {
    let answers = Memo::new(move |_| {
        let may = |role: Role| role.has(Power::AnswerRequests);
        app.session()
            .with(|s| s.as_ref().is_some_and(|s| Role::ALL.into_iter().any(|role| may(role) && s.me.has(role))))
    });
    (move || {
        answers.get().then(|| {
            view! {
                <Card title=requests::WORK>
                    <p>{REQ_SET}</p>
                    <Button icon=Icon::Tasks href="/yeu-cau" testid="to-requests">{requests::WORK}</Button>
                </Card>
            }
        })
    })
    .into_any()
}

/// The choice of somebody with several roles; nothing for one.
fn roles(app: App) -> Option<AnyView> {
    let sides = app.session().with_untracked(|s| s.as_ref().map(|s| Side::all(&s.me)).unwrap_or_default());
    if sides.len() < 2 {
        return None;
    }
    let now = untrack(|| app.session().with(|s| s.as_ref().map(|s| Side::of(app, &s.me))));
    let chosen = RwSignal::new(now.map_or("", side_word).to_owned());
    let options = sides.iter().map(|side| (side_word(*side).to_owned(), side_word(*side).to_owned())).collect();
    Effect::new(move |before: Option<String>| {
        let word = chosen.get();
        if before.is_some_and(|before| before != word)
            && let Some(side) = sides.iter().find(|side| side_word(**side) == word)
        {
            app.prefs().side.set(Some(side.key().to_owned()));
        }
        word
    });
    let choice = view! {
        <Card>
            <Choice label=c::SET_SIDE value=chosen options testid="side" />
            <p class="muted">{c::SET_SIDE_TEXT}</p>
        </Card>
    };
    Some(choice.into_any())
}

const fn side_word(side: Side) -> &'static str {
    match side {
        Side::Member => c::SIDE_MEMBER,
        Side::Secretary => c::SIDE_SECRETARY,
        Side::Ward => c::SIDE_WARD,
        Side::Admin => c::SIDE_ADMIN,
    }
}

const fn word(size: TextSize) -> &'static str {
    match size {
        TextSize::Normal => "A",
        TextSize::Large => "A+",
        TextSize::Larger => "A++",
    }
}

/// The way to the account's passkeys, where this browser has any.
fn passkeys_card() -> Option<AnyView> {
    let card = || {
        view! {
            <Card title=k::TITLE>
                <p>{k::SET_TEXT}</p>
                <Button icon=Icon::Key href=routes::PASSKEYS testid="to-passkeys">{k::TITLE}</Button>
            </Card>
        }
        .into_any()
    };
    passkeys::are_there().then(card)
}

/// The PIN of this phone.
fn pin_card(app: App) -> AnyView {
    let has = app.has_pin();
    let staff = Memo::new(move |_| {
        app.session().with(|s| s.as_ref().is_some_and(|s| s.me.roles.iter().any(|g| g.role != Role::Member)))
    });
    (move || {
        let text = match (has.get(), staff.get()) {
            (true, _) => pin::SET_ON,
            (false, true) => pin::SET_STAFF,
            (false, false) => pin::SET_OFF,
        };
        let lock = has.get().then(|| {
            view! {
                <Button icon=Icon::Lock testid="pin-lock" on_press=Callback::new(move |()| app.lock_now())>{pin::LOCK_NOW}</Button>
            }
        });
        view! {
            <Card title=pin::TITLE testid="pin-card">
                <p>{text}</p>
                <div class="cluster">
                    {lock}
                    <Button icon=Icon::Key href="/ma-pin" testid="to-pin">{if has.get() { pin::SET_CHANGE } else { pin::SET_GO }}</Button>
                </div>
            </Card>
        }
    })
    .into_any()
}
