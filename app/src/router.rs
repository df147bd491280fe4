//! Mounts the app into the shell and shows a page for each path. Pages set their own title and focus (the frame does it); pages that
//! need a sign-in send there and back.

use crate::components::{ErrorFace, Frame};
use crate::pages::{sign_in::SignIn, today::Today};
use crate::parts::{MemberPage as M, Parts, StaffPage as S};
use crate::platform::document::{self, Skeleton};
use crate::routes::{self, Place};
use crate::state::{App, Locked, use_app};
use crate::text::vi as t;
use leptos::mount::mount_to;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::{Redirect, Router};
use leptos_router::hooks::use_location;
use leptos_router::location::{BrowserUrl, LocationProvider as _};

/// Mounts the app. What the server wrote stays until the phone's storage has been read.
pub fn mount() {
    let Some((point, skeleton)) = document::mount_point() else { return };
    let skeleton = StoredValue::new_local(skeleton);
    mount_to(point, move || root(skeleton)).forget();
}

fn root(skeleton: StoredValue<Skeleton, LocalStorage>) -> impl IntoView {
    let app = App::new();
    provide_context(app);
    app.start();
    let ready = app.ready();
    let parts = Parts::new();
    provide_context(parts);
    Effect::new(move |_| {
        if ready.get() && app.session().with(Option::is_some) {
            parts.fetch_soon(app);
        }
    });
    move || {
        ready.get().then(|| {
            skeleton.with_value(Skeleton::remove);
            document::set_root("data-ready", Some("true"));
            view! { <Pages /> }
        })
    }
}

/// The path that somebody wanted before signing in.
#[derive(Clone, Copy)]
struct Wanted(StoredValue<Option<String>>);

/// The page of each path. Links and the browser's history are the router's; which page a path shows is one match here, because a view
/// type for each route made the module a tenth heavier (docs/size.md).
#[component]
fn Pages() -> impl IntoView {
    provide_context(Wanted(StoredValue::new(None)));
    view! {
        <Router>
            <Shown />
        </Router>
    }
}

#[component]
fn Shown() -> AnyView {
    let path = use_location().pathname;
    let place = Memo::new(move |_| routes::find(&path.get()));
    provide_context(Place(place));
    // The router writes address and history when the routes say that the page stands. Ours are none that it knows, so it is told here:
    // otherwise a reload shows the page before, and the phone's own way back leaves the app.
    let browser = use_context::<BrowserUrl>();
    Effect::new(move |_| {
        path.track();
        if let Some(browser) = &browser {
            browser.ready_to_complete();
        }
    });
    // Another id below the same route changes what the page shows, not the page.
    let route = Memo::new(move |_| place.with(|found| found.as_ref().map(|f| f.route)));
    let app = use_app();
    let locked = app.locked();
    let parts = expect_context::<Parts>();
    // A page that is only covered stays, with whatever was typed into it; before the PIN nothing stands.
    let nothing_yet = Memo::new(move |_| locked.get() == Some(Locked::Start));
    let covered = Memo::new(move |_| locked.with(Option::is_some));
    view! {
        <div class="whole" hidden=move || covered.get()>
            {move || (!nothing_yet.get()).then(|| page(route.get().unwrap_or_default()))}
        </div>
        {move || covered.get().then(|| parts.member(M::Locked))}
    }
    .into_any()
}

fn page(route: &'static str) -> AnyView {
    match route {
        "/" => home(),
        "/vao" => SignIn(),
        "/buoi-hop/:id" => member(M::Meeting),
        "/diem-danh-toi/:id" => member(M::SelfCheckin),
        "/thong-bao" => member(M::Notices),
        "/thong-bao/:id" => member(M::Notice),
        "/so-lien-he" => member(M::ContactBook),
        "/chua-gui" => member(M::Unsent),
        "/cai-dat" => member(M::Settings),
        "/may-dang-nhap" => member(M::Phones),
        "/ma-pin" => member(M::Pin),
        routes::PASSKEYS => member(M::Passkeys),
        routes::PASSKEY_SIGN_IN => expect_context::<Parts>().member(M::PasskeySignIn),
        "/may-moi" => staff(S::NewPhone),
        "/ma-du-phong" => staff(S::Drawer),
        routes::SIGN_IN_SET_UP => staff(S::SignInSetUp),
        "/vao-mat-khau" => expect_context::<Parts>().staff(S::PasswordSignIn),
        "/du-lieu-cua-toi" => member(M::OwnData),
        routes::AGREE => member(M::Consent),
        "/yeu-cau" => staff(S::Requests),
        routes::WHO_SEES => member(M::WhoSees),
        "/diem-danh" | "/buoi-hop/:id/diem-danh" => staff(S::RollCall),
        "/buoi-hop/:id/diem-danh-thay" => staff(S::Deputies),
        "/buoi-hop-moi" => staff(S::MeetingNew),
        "/buoi-hop/:id/sua" => staff(S::MeetingEdit),
        "/danh-sach" => staff(S::Roster),
        "/dang-vien/:id" => staff(S::Member),
        "/dang-vien/:id/sua" => staff(S::MemberEdit),
        "/dang-vien-moi/:cell" => staff(S::MemberNew),
        "/thong-bao-moi" => staff(S::NoticeNew),
        "/thong-bao/:id/sua" => staff(S::NoticeEdit),
        "/tong-quan" => staff(S::Overview),
        "/chi-bo" => staff(S::Cells),
        "/chi-bo/:id" => staff(S::Cell),
        "/chi-bo/:id/ma-tran" => staff(S::Matrix),
        "/bao-cao/buoi-hop/:id" => staff(S::MeetingReport),
        "/viec-can-lam" => staff(S::Todo),
        "/nhap-danh-sach/:cell" => staff(S::Import),
        "/in-phieu/:cell" => staff(S::Sheets),
        "/quan-tri" => staff(S::Office),
        "/nhat-ky" => staff(S::Audit),
        "/may-don-vi" => staff(S::UnitPhones),
        "/thiet-lap" => expect_context::<Parts>().staff(S::SetUp),
        routes::ABOUT | routes::PRIVACY | routes::HELP => expect_context::<Parts>().member(M::Public(route)),
        _ => nowhere(),
    }
}

fn member(page: M) -> AnyView {
    let parts = expect_context::<Parts>();
    inside(move || parts.member(page))
}

fn staff(page: S) -> AnyView {
    let parts = expect_context::<Parts>();
    inside(move || parts.staff(page))
}

/// A page for people who are signed in.
fn inside(page: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    let app = use_app();
    let path = use_location().pathname;
    let wanted = use_context::<Wanted>();
    let signed_in = Memo::new(move |_| app.session().with(Option::is_some));
    let shut = Memo::new(move |_| app.shut().with(Option::is_some));
    let parts = expect_context::<Parts>();
    let must = Memo::new(move |_| {
        app.session().with(|s| s.as_ref().is_some_and(|s| s.set_up_sign_in)) && !path.with(|p| routes::stays_open(p))
    });
    (move || {
        if signed_in.get() && shut.get() {
            parts.member(M::Shut)
        } else if signed_in.get() && must.get() {
            parts.staff(S::SignInSetUp)
        } else if signed_in.get() {
            page()
        } else {
            if let Some(Wanted(wanted)) = wanted {
                wanted.set_value(Some(path.get_untracked()));
            }
            view! { <Redirect path="/vao" /> }.into_any()
        }
    })
    .into_any()
}

/// *Hôm nay*, or where somebody wanted to go before signing in.
fn home() -> AnyView {
    let app = use_app();
    let wanted = use_context::<Wanted>().filter(|_| app.session().with_untracked(Option::is_some));
    match wanted.and_then(|Wanted(wanted)| wanted.try_update_value(Option::take).flatten()).filter(|path| path != "/") {
        Some(path) => {
            view! { <Redirect path options=NavigateOptions { replace: true, ..NavigateOptions::default() } /> }
                .into_any()
        }
        None => inside(Today),
    }
}

/// A path that the app does not know.
fn nowhere() -> AnyView {
    view! {
        <Frame title=t::NOWHERE_TITLE back="/">
            <ErrorFace title=t::NOWHERE_TITLE text=t::NOWHERE_TEXT />
        </Frame>
    }
    .into_any()
}
