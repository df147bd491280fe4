//! The frame of every page: bar with title and way back, what waits to be sent, the link, places by role, update and storage
//! warnings. The only component that reads the state.

use super::{Icon, ToastZone};
use crate::platform::{document, events::Listener};
use crate::routes::is_below;
use crate::state::{App, Skew, StorageFault, use_app};
use crate::text::vi as t;
use domain::account::Role;
use domain::wire::Me;
use leptos::html::H1;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// From which side somebody uses the product: decides the places in the bottom bar and what *Hôm nay* shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// A member.
    Member,
    /// Secretary or cell committee.
    Secretary,
    /// Ward committee.
    Ward,
    /// Administrator and nothing else.
    Admin,
}

/// A place in the bottom bar: path, icon, word, and the other paths that belong to it.
type Place = (&'static str, Icon, &'static str, &'static [&'static str]);

const MEMBER: &[Place] = &[
    ("/", Icon::Home, t::NAV_TODAY, &["/buoi-hop", "/diem-danh-toi"]),
    ("/thong-bao", Icon::Bell, t::NAV_NOTICES, &[]),
    ("/so-lien-he", Icon::Notebook, t::NAV_BOOK, &[]),
];
const SECRETARY: &[Place] = &[
    ("/", Icon::Home, t::NAV_TODAY, &["/buoi-hop-moi", "/diem-danh-toi", "/so-lien-he"]),
    ("/diem-danh", Icon::Roll, t::NAV_ROLL, &["/buoi-hop"]),
    ("/danh-sach", Icon::People, t::NAV_LIST, &["/dang-vien", "/dang-vien-moi", "/nhap-danh-sach", "/in-phieu"]),
    ("/thong-bao", Icon::Bell, t::NAV_NOTICES, &["/thong-bao-moi"]),
];
const WARD: &[Place] = &[
    ("/tong-quan", Icon::Chart, t::NAV_OVERVIEW, &["/bao-cao"]),
    ("/chi-bo", Icon::Tree, t::NAV_CELLS, &["/nhap-danh-sach", "/in-phieu", "/quan-tri"]),
    ("/thong-bao", Icon::Bell, t::NAV_NOTICES, &["/thong-bao-moi"]),
    ("/viec-can-lam", Icon::Tasks, t::NAV_TASKS, &[]),
];

const ADMIN: &[Place] =
    &[("/quan-tri", Icon::Tree, t::NAV_OFFICE, &[]), ("/cai-dat", Icon::Gear, t::NAV_SETTINGS, &["/chua-gui"])];

impl Side {
    /// The sides of an account, the usual one first: whoever keeps a cell's roll, then the ward, the administrator of no member's account, the member.
    #[must_use]
    pub fn all(me: &Me) -> Vec<Self> {
        let member = me.member.is_some();
        let admin = me.has(Role::Admin);
        let sides = [
            (me.has(Role::Secretary), Self::Secretary),
            (me.has(Role::Ward), Self::Ward),
            (admin && !member, Self::Admin),
            (member, Self::Member),
            (admin && member, Self::Admin),
        ];
        sides.into_iter().filter_map(|(is, side)| is.then_some(side)).collect()
    }
    /// The side from which this phone's person looks: the one that was chosen here, if the account has it, else the usual one.
    #[must_use]
    pub fn of(app: App, me: &Me) -> Self {
        let all = Self::all(me);
        let chosen = app.prefs().side.get();
        let chosen = all.iter().find(|side| chosen.as_deref() == Some(side.key()));
        chosen.or(all.first()).copied().unwrap_or(Self::Member)
    }
    /// As it is kept on the phone.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Secretary => "secretary",
            Self::Ward => "ward",
            Self::Admin => "admin",
        }
    }
    const fn places(self) -> &'static [Place] {
        match self {
            Self::Member => MEMBER,
            Self::Secretary => SECRETARY,
            Self::Ward => WARD,
            Self::Admin => ADMIN,
        }
    }
}

/// The frame. The title is the page's one h1 and gets the focus when the page opens.
#[component]
pub fn Frame(
    /// Title.
    #[prop(into)]
    title: Signal<String>,
    /// The title that the browser keeps in its history, where the page's own is somebody's name.
    #[prop(optional)]
    discreet: Option<&'static str>,
    /// Path of the way back, for pages below a place.
    #[prop(optional, into)]
    back: Option<String>,
    /// Up to 76 rem instead of 44: tables of the ward.
    #[prop(optional)]
    wide: bool,
    /// Nothing may interrupt: no update bar, no invitation. For roll call and forms.
    #[prop(optional)]
    calm: bool,
    /// Buttons at the right of the bar, class `bar-icon`.
    #[prop(optional, into)]
    actions: ViewFn,
    /// Content.
    children: Children,
) -> AnyView {
    let app = use_app();
    let side = Memo::new(move |_| app.session().with(|s| s.as_ref().map(|s| Side::of(app, &s.me))));
    let heading = NodeRef::<H1>::new();
    Effect::new(move |_| {
        let title = discreet.map_or_else(|| title.get(), str::to_owned);
        document::set_title(&[&title, " · ", t::APP].concat());
    });
    Effect::new(move |_| {
        if let Some(h1) = heading.get() {
            // A heading that has gone again needs no focus.
            let _ = h1.focus();
        }
    });
    let start = match back {
        Some(path) => view! {
            <a class="bar-icon" href=path aria-label=t::BACK data-testid="back">
                {Icon::Back.view()}
            </a>
        }
        .into_any(),
        None => view! { <span class="bar-mark">{Icon::Notebook.view()}</span> }.into_any(),
    };
    view! {
        <div class="frame" class:has-nav=move || side.get().is_some()>
            <header class="bar">
                {start}
                <h1 tabindex="-1" node_ref=heading>
                    {move || title.get()}
                </h1>
                {move || side.get().map(|_| unsent(app))}
                {move || actions.run()}
            </header>
            <div class="content">
                {storage_strip(app)}
                {sign_in_strip(app)}
                {skew_strip(app)}
                {update_strip(calm)}
                <main class="page" class:wide=wide id="main">
                    {children()}
                </main>
            </div>
            {move || side.get().map(nav)}
            <ToastZone />
        </div>
    }
    .into_any()
}

/// What waits, in a number and a word, on every page; a tap opens *Việc chưa gửi*.
fn unsent(app: App) -> AnyView {
    let counts = app.counts();
    let link = app.link();
    let offline = Memo::new(move |_| link.with(|l| l.failing_since.is_some()));
    let word = move || {
        let (waiting, look) = counts.with(|c| (c.waiting, c.needs_look));
        if look > 0 {
            (Icon::Warn, look.to_string(), t::unsent_look(look))
        } else if waiting > 0 {
            (
                if offline.get() { Icon::CloudOff } else { Icon::Send },
                waiting.to_string(),
                t::unsent_waiting(waiting, offline.get()),
            )
        } else if offline.get() {
            (Icon::CloudOff, String::new(), t::OFFLINE_SHORT.to_owned())
        } else {
            (Icon::Cloud, String::new(), t::ALL_SENT.to_owned())
        }
    };
    view! {
        <a
            class="unsent"
            class:waits=move || counts.with(|c| c.waiting > 0 && c.needs_look == 0)
            class:look=move || counts.with(|c| c.needs_look > 0)
            href="/chua-gui"
            aria-label=move || word().2
            data-testid="unsent"
        >
            <span class="pill" aria-hidden="true">
                {move || word().0.small()}
                <span data-testid="unsent-count" class:visually-hidden=move || word().1.is_empty()>
                    {move || counts.with(|c| c.waiting + c.needs_look)}
                </span>
            </span>
        </a>
    }
    .into_any()
}

fn nav(side: Side) -> AnyView {
    let path = use_location().pathname;
    let items = side
        .places()
        .iter()
        .map(|&(href, icon, word, others)| {
            let current = move || path.with(|p| is_below(p, href) || others.iter().any(|other| is_below(p, other)));
            view! {
                <li>
                    <a href=href aria-current=move || current().then_some("page")>
                        {icon.view()}
                        <span>{word}</span>
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <nav class="nav" aria-label=t::NAV data-testid="bottom-nav">
            <ul>{items}</ul>
        </nav>
    }
    .into_any()
}

fn storage_strip(app: App) -> impl IntoView {
    let fault = app.storage_fault();
    let waits = Memo::new(move |_| app.counts().with(|n| n.waiting > 0) && app.session().with(Option::is_some));
    move || {
        fault.get().map(|fault| {
            let text = match fault {
                StorageFault::Full => t::STORAGE_FULL,
                StorageFault::Blocked => t::STORAGE_BLOCKED,
                StorageFault::PrivateTab => t::STORAGE_PRIVATE,
                StorageFault::Lost => t::STORAGE_LOST,
            };
            view! {
                <div class="strip bad" role="alert" data-testid="storage-fault">
                    {Icon::Warn.view()}
                    <p>{text}</p>
                    {move || waits.get().then(|| view! { <a class="btn btn-secondary" href="/chua-gui" data-testid="storage-way">{t::STORAGE_WAY}</a> })}
                </div>
            }
        })
    }
}

/// App and server speak different protocols: one line, and where to read more.
fn skew_strip(app: App) -> impl IntoView {
    let skew = Memo::new(move |_| app.link().with(|l| l.skew));
    move || {
        skew.get().map(|skew| {
            let text = if skew == Skew::AppOld { t::SKEW_APP } else { t::SKEW_SERVER };
            view! {
                <div class="strip warn" role="status" data-testid="skew-strip">
                    {Icon::Turn.view()}
                    <p>{text}</p>
                    <a class="btn btn-secondary" href="/chua-gui">{t::SKEW_GO}</a>
                </div>
            }
        })
    }
}

/// The server wants a new sign-in: a revoked or very old session. Work goes on meanwhile.
fn sign_in_strip(app: App) -> impl IntoView {
    let again = Memo::new(move |_| app.link().with(|l| l.sign_in_again) && app.session().with(Option::is_some));
    move || {
        again.get().then(|| {
            view! {
                <div class="strip warn" role="status" data-testid="sign-in-again">
                    {Icon::Key.view()}
                    <p>{t::SIGN_IN_AGAIN}</p>
                    <a class="btn btn-secondary" href="/vao">{t::SIGN_IN_GO}</a>
                </div>
            }
        })
    }
}

/// *Có phiên bản mới*: waits until somebody taps it, and never stands on a calm page.
fn update_strip(calm: bool) -> impl IntoView {
    let ready = RwSignal::new(document::is_update_ready());
    // Kept for as long as the frame stands.
    StoredValue::new_local(Listener::window("slh-update", move || ready.set(document::is_update_ready())));
    move || {
        (!calm && ready.get()).then(|| {
            view! {
                <div class="strip no-print" role="status" data-testid="update">
                    {Icon::Turn.view()}
                    <p>{t::UPDATE_READY}</p>
                    <button type="button" class="btn btn-secondary" on:click=move |_| document::update()>
                        {t::UPDATE_NOW}
                    </button>
                </div>
            }
        })
    }
}
