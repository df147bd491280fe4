//! The pages that members open from the first screen.
#![expect(clippy::unnecessary_wraps, reason = "the split point fails when its part does not come")]

use super::Make;
use crate::pages::{
    consent::ConsentPage,
    contact_book::ContactBook,
    locked::LockedPage,
    meeting::MeetingPage,
    notice::NoticePage,
    notices::Notices,
    own_data::OwnDataPage,
    passkeys::{PasskeySignInPage, PasskeysPage},
    phones::Phones,
    pin::PinPage,
    self_checkin::SelfCheckin,
    settings::Settings,
    shut::ShutPage,
    unsent::Unsent,
    who_sees::WhoSees,
};
use crate::platform::document;
use crate::public;
use crate::text::vi as t;
use leptos::prelude::*;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// A page of this part.
#[derive(Clone, Copy)]
pub enum MemberPage {
    /// The privacy notice with its question.
    Consent,
    /// *Sổ liên hệ*.
    ContactBook,
    /// One meeting.
    Meeting,
    /// One notice.
    Notice,
    /// *Thông báo*.
    Notices,
    /// *Dữ liệu của tôi*.
    OwnData,
    /// *Khóa truy cập*.
    Passkeys,
    /// *Đăng nhập bằng khóa truy cập*.
    PasskeySignIn,
    /// *Máy đã đăng nhập*.
    Phones,
    /// Waits for the PIN.
    Locked,
    /// *Mã PIN của máy*.
    Pin,
    /// Own check-in.
    SelfCheckin,
    /// *Cài đặt*.
    Settings,
    /// Nothing but why this phone shows nothing.
    Shut,
    /// A page that everybody may read, by its path.
    Public(&'static str),
    /// *Việc chưa gửi*.
    Unsent,
    /// *Ai được xem gì*.
    WhoSees,
}

fn make(page: MemberPage) -> AnyView {
    match page {
        MemberPage::Consent => ConsentPage(),
        MemberPage::ContactBook => ContactBook(),
        MemberPage::Meeting => MeetingPage(),
        MemberPage::Notice => NoticePage(),
        MemberPage::Notices => Notices(),
        MemberPage::OwnData => OwnDataPage(),
        MemberPage::Passkeys => PasskeysPage(),
        MemberPage::PasskeySignIn => PasskeySignInPage(),
        MemberPage::Phones => Phones(),
        MemberPage::Locked => LockedPage(),
        MemberPage::Pin => PinPage(),
        MemberPage::Shut => ShutPage(),
        MemberPage::SelfCheckin => SelfCheckin(),
        MemberPage::Settings => Settings(),
        MemberPage::Public(path) => public(path),
        MemberPage::Unsent => Unsent(),
        MemberPage::WhoSees => WhoSees(),
    }
}

fn public(path: &'static str) -> AnyView {
    if let Some(title) = public::title(path) {
        document::set_title(&format!("{title} · {}", t::APP));
    }
    Effect::new(|_| {
        document::focus("h1");
    });
    public::page(path).into_any()
}

#[wasm_split(member, fallible)]
pub(super) fn pages() -> Result<Make<MemberPage>, SplitLoaderError> {
    Ok(make)
}
