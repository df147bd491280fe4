//! What a person should know about this phone and the server that is no fault of a single op: a cloned phone, a server of another time.

use crate::components::{Banner, Button, Icon, Kind, Tone};
use crate::platform::document;
use crate::state::{App, Skew};
use crate::text::vi as t;
use crate::text::vi::common as c;
use leptos::prelude::*;

/// Two phones counted as one: said until somebody has read it.
pub fn cloned(app: App) -> AnyView {
    let cloned = Memo::new(move |_| app.link().with(|l| l.cloned));
    (move || {
        cloned.get().then(|| {
            view! {
                <div data-testid="cloned">
                    <Banner tone=Tone::Warn icon=Icon::Phone>
                        <p>{c::CLONED}</p>
                        <p>{c::CLONED_TEXT}</p>
                        <Button testid="cloned-read" on_press=Callback::new(move |()| app.cloned_read())>{c::CLONED_READ}</Button>
                    </Banner>
                </div>
            }
        })
    })
    .into_any()
}

/// App and server speak different protocols. The strip of the frame says so in one line; here is what to do.
pub fn skew(app: App) -> AnyView {
    let skew = Memo::new(move |_| app.link().with(|l| l.skew));
    (move || {
        skew.get().map(|skew| match skew {
            Skew::AppOld => view! {
                <div data-testid="skew">
                    <Banner tone=Tone::Warn icon=Icon::Turn>
                        <p>{t::SKEW_APP}</p>
                        <p>{c::SKEW_APP_TEXT}</p>
                        <Button kind=Kind::Primary icon=Icon::Turn testid="skew-update" on_press=Callback::new(|()| document::update())>
                            {t::UPDATE_NOW}
                        </Button>
                    </Banner>
                </div>
            }
            .into_any(),
            Skew::ServerOld => view! {
                <div data-testid="skew">
                    <Banner tone=Tone::Warn icon=Icon::Info>
                        <p>{t::SKEW_SERVER}</p>
                        <p>{c::SKEW_SERVER_TEXT}</p>
                    </Banner>
                </div>
            }
            .into_any(),
        })
    })
    .into_any()
}
