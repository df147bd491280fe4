//! *Thêm máy mới*: a code for one's own new phone, made on the old one. It lets in once, within ten minutes.

use crate::api;
use crate::components::staff::qr::qr;
use crate::components::{Banner, Button, Card, Frame, Icon, Kind, Tone};
use crate::pages::call::Call;
use crate::platform::document;
use crate::text::vi::common::phones;
use crate::text::vi::staff as s;
use crate::text::vi::staff::getin as g;
use domain::desk::EnrolCode;
use leptos::prelude::*;

/// The page.
#[component]
pub fn NewPhonePage() -> AnyView {
    let call = Call::idle();
    let code = RwSignal::new(None::<EnrolCode>);
    let make = Callback::new(move |()| {
        call.run(async move { api::post::<EnrolCode>("account/new-phone", &()).await }, move |made| {
            code.set(Some(made));
            document::focus("[data-testid=own-code]");
        });
    });
    let address = [document::origin().as_str(), "/vao"].concat();
    let shown = move || {
        code.get().map(|made| {
            view! {
                <Card accent=true>
                    <div class="code-pair" role="status">
                        <div class="qr-box">{qr(&made.link, s::QR_LABEL)}</div>
                        <div class="stack grow">
                            <p class="enrol-code" data-testid="own-code" tabindex="-1">{made.code}</p>
                            <p class="muted num">{g::until_clock(made.expires)}</p>
                        </div>
                    </div>
                </Card>
                <Banner tone=Tone::Warn icon=Icon::Warn><p>{g::NEW_PHONE_CARE}</p></Banner>
            }
        })
    };
    let word = move || match (call.busy.get(), code.with(Option::is_some)) {
        (true, _) => g::NEW_PHONE_MAKING,
        (false, true) => g::NEW_PHONE_AGAIN,
        (false, false) => g::NEW_PHONE_MAKE,
    };
    view! {
        <Frame title=g::NEW_PHONE back="/cai-dat">
            <Card>
                <p>{g::NEW_PHONE_LEAD}</p>
                <ol class="how-to">
                    <li>{g::NEW_PHONE_1}</li>
                    <li>{g::NEW_PHONE_2} " " <b>{address}</b></li>
                    <li>{g::NEW_PHONE_3}</li>
                </ol>
            </Card>
            {shown}
            {call.problem()}
            <Button kind=Kind::Big icon=Icon::Key disabled=call.busy testid="own-make" on_press=make>{word}</Button>
            <p class="muted">{g::NEW_PHONE_OLD}</p>
            <nav class="cluster" aria-label=phones::TITLE>
                <a class="btn btn-quiet" href="/may-dang-nhap">{phones::TITLE}</a>
            </nav>
        </Frame>
    }
    .into_any()
}
