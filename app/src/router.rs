//! Mounts the app into the shell and shows a page for each path. Pages set their own title and focus (the frame does it); pages that
//! need a sign-in send there and back.

use crate::bundle::{
    self, CellPage, CellsPage, ImportPage, MatrixPage, MeetingEditPage, MeetingNewPage, MeetingReportPage, MemberEditPage,
    MemberNewPage, MemberPage, NoticeEditPage, NoticeNewPage, OverviewPage, RollCallPage, RosterPage, TodoPage,
};
use crate::components::{ErrorFace, Frame};
use crate::pages::{
    contact_book::ContactBook, meeting::MeetingPage, notice::NoticePage, notices::Notices, self_checkin::SelfCheckin,
    settings::Settings, sign_in::SignIn, today::Today, unsent::Unsent,
};
use crate::platform::document::{self, Skeleton};
use crate::public;
use crate::routes;
use crate::state::{App, use_app};
use crate::text::vi as t;
use leptos::mount::mount_to;
use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Redirect, Route, Router};
use leptos_router::hooks::use_location;
use leptos_router::{NavigateOptions, path};

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
    bundle::look_ahead(app);
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

/// A page for each path of [`crate::routes`]. Long paths first: with erased view types the router takes the first route that matches the
/// beginning of a path, and then finds that the rest is left over.
#[component]
fn Pages() -> impl IntoView {
    provide_context(Wanted(StoredValue::new(None)));
    view! {
        <Router>
            <FlatRoutes fallback=nowhere>
                <Route path=path!("/buoi-hop/:id/diem-danh") view=|| inside(RollCallPage) />
                <Route path=path!("/buoi-hop/:id/sua") view=|| inside(MeetingEditPage) />
                <Route path=path!("/dang-vien/:id/sua") view=|| inside(MemberEditPage) />
                <Route path=path!("/thong-bao/:id/sua") view=|| inside(NoticeEditPage) />
                <Route path=path!("/chi-bo/:id/ma-tran") view=|| inside(MatrixPage) />
                <Route path=path!("/bao-cao/buoi-hop/:id") view=|| inside(MeetingReportPage) />
                <Route path=path!("/buoi-hop/:id") view=|| inside(MeetingPage) />
                <Route path=path!("/diem-danh-toi/:id") view=|| inside(SelfCheckin) />
                <Route path=path!("/dang-vien/:id") view=|| inside(MemberPage) />
                <Route path=path!("/dang-vien-moi/:cell") view=|| inside(MemberNewPage) />
                <Route path=path!("/thong-bao/:id") view=|| inside(NoticePage) />
                <Route path=path!("/chi-bo/:id") view=|| inside(CellPage) />
                <Route path=path!("/nhap-danh-sach/:cell") view=|| inside(ImportPage) />
                <Route path=path!("/vao") view=|| SignIn() />
                <Route path=path!("/diem-danh") view=|| inside(RollCallPage) />
                <Route path=path!("/buoi-hop-moi") view=|| inside(MeetingNewPage) />
                <Route path=path!("/danh-sach") view=|| inside(RosterPage) />
                <Route path=path!("/thong-bao") view=|| inside(Notices) />
                <Route path=path!("/thong-bao-moi") view=|| inside(NoticeNewPage) />
                <Route path=path!("/so-lien-he") view=|| inside(ContactBook) />
                <Route path=path!("/chua-gui") view=|| inside(Unsent) />
                <Route path=path!("/tong-quan") view=|| inside(OverviewPage) />
                <Route path=path!("/chi-bo") view=|| inside(CellsPage) />
                <Route path=path!("/viec-can-lam") view=|| inside(TodoPage) />
                <Route path=path!("/cai-dat") view=|| inside(Settings) />
                <Route path=path!("/gioi-thieu") view=|| open(routes::ABOUT) />
                <Route path=path!("/rieng-tu") view=|| open(routes::PRIVACY) />
                <Route path=path!("/tro-giup") view=|| open(routes::HELP) />
                <Route path=path!("/") view=|| home() />
            </FlatRoutes>
        </Router>
    }
}

/// A page for people who are signed in.
fn inside(page: fn() -> AnyView) -> AnyView {
    let app = use_app();
    let path = use_location().pathname;
    let wanted = use_context::<Wanted>();
    let signed_in = Memo::new(move |_| app.session().with(Option::is_some));
    (move || {
        if signed_in.get() {
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

/// A page that everybody may read.
fn open(path: &'static str) -> AnyView {
    if let Some(title) = public::title(path) {
        document::set_title(&format!("{title} · {}", t::APP));
    }
    Effect::new(|_| {
        document::focus("h1");
    });
    public::page(path).unwrap_or_else(nowhere)
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
