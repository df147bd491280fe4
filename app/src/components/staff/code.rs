//! A one-time code for somebody else: as a picture to scan, large to be read out, with its link to be sent or printed. Knows nothing of whom
//! it is for.

use super::qr::qr;
use crate::components::{Icon, toast};
use crate::platform::{device, document};
use crate::text::vi::staff as s;
use domain::desk::EnrolCode;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The code with what can be done with it. On paper it stands alone (`.code-sheet` in staff.css).
pub fn code_face(code: EnrolCode) -> AnyView {
    let link = code.link.clone();
    view! {
        <div class="stack code-sheet" role="status">
            <div class="code-pair">
                <div class="qr-box">{qr(&code.link, s::QR_LABEL)}</div>
                <div class="stack grow">
                    <p>{s::QR_TEXT}</p>
                    <p class="enrol-code" data-testid="enrol-code">{code.code}</p>
                    <p class="muted num">{s::enrol_expires(code.expires)}</p>
                </div>
            </div>
            <p class="link-text" data-testid="enrol-link">{code.link}</p>
            <div class="cluster no-print">
                <button
                    type="button"
                    class="btn btn-secondary"
                    data-testid="enrol-copy"
                    on:click=move |_| {
                        let link = link.clone();
                        spawn_local(async move {
                            toast(if device::copy_text(&link).await { s::COPIED } else { s::NOT_COPIED });
                        });
                    }
                >
                    {Icon::Share.view()}
                    {s::ENROL_COPY}
                </button>
                <button type="button" class="btn btn-secondary" data-testid="enrol-print" on:click=move |_| document::print()>
                    {Icon::Print.view()}
                    {s::PRINT}
                </button>
            </div>
        </div>
    }
    .into_any()
}
