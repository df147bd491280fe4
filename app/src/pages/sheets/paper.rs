//! The sheets themselves: eight slips on a page of A4, cut lines between them. On the screen they look like paper, too.

use super::Desk;
use crate::components::staff::qr::qr;
use crate::components::{Banner, Button, Confirm, EmptyFace, Icon, Kind, Tone};
use crate::platform::{clock, document};
use crate::text::vi::staff as s;
use domain::enrol::{CodeSheet, Skipped, Slip};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;

/// Slips on a page: two beside each other, four below each other.
const ON_A_PAGE: usize = 8;

/// What was made.
pub(super) fn paper(desk: Desk, sheet: &Arc<CodeSheet>) -> AnyView {
    let skipped = (!sheet.skipped.is_empty()).then(|| skipped(&sheet.skipped));
    let more = move || {
        view! { <Button testid="sheets-more" on_press=Callback::new(move |()| desk.again())>{s::SHEETS_MORE}</Button> }
    };
    if sheet.slips.is_empty() {
        return view! {
            {skipped}
            <EmptyFace icon=Icon::Paper title=s::SHEETS_NONE>{more()}</EmptyFace>
        }
        .into_any();
    }
    let pages = sheet.slips.len().div_ceil(ON_A_PAGE);
    let ready = RwSignal::new(0);
    // Drawn page by page, so that a phone goes on answering while three hundred codes are drawn.
    spawn_local(async move {
        for n in 1..=pages {
            if ready.try_set(n).is_some() {
                return;
            }
            clock::sleep(0).await;
        }
    });
    let drawing = Signal::derive(move || ready.get() < pages);
    let ask = RwSignal::new(false);
    let ids: Vec<_> = sheet.slips.iter().map(|slip| slip.who.member).collect();
    let made = s::sheets_made(sheet.slips.len(), pages);
    let of = Arc::clone(sheet);
    view! {
        <div class="stack no-print">
            <Banner tone=Tone::Good icon=Icon::Check>
                <p data-testid="sheets-made">{made}</p>
                <p>{s::SHEETS_ONCE}</p>
            </Banner>
            {skipped}
            <Button kind=Kind::Big icon=Icon::Print disabled=drawing testid="sheets-print" on_press=Callback::new(|()| document::print())>
                {move || if drawing.get() { s::sheets_drawing(ready.get(), pages) } else { s::SHEETS_PRINT.to_owned() }}
            </Button>
            {desk.call.problem()}
            <div class="cluster">
                {more()}
                <Button kind=Kind::Danger disabled=desk.call.busy testid="sheets-void-these" on_press=Callback::new(move |()| ask.set(true))>
                    {s::SHEETS_VOID_THESE}
                </Button>
            </div>
            <Confirm
                open=ask
                title=s::SHEETS_VOID_THESE_ASK.to_owned()
                text=s::SHEETS_VOID_THESE_TEXT.to_owned()
                yes=s::SHEETS_VOID_THESE
                danger=true
                on_yes=Callback::new(move |()| desk.void(Some(ids.clone())))
            />
        </div>
        <For each=move || 0..ready.get() key=|n| *n children=move |n| page(&of, n, pages) />
    }
    .into_any()
}

fn skipped(all: &[Skipped]) -> AnyView {
    let lines: Vec<AnyView> = all
        .iter()
        .map(|one| view! { <li><b>{one.who.name.clone()}</b> ": " {s::no_code(one.why)}</li> }.into_any())
        .collect();
    view! {
        <section class="card no-print" data-testid="sheets-skipped">
            <h2>{s::SHEETS_SKIPPED}</h2>
            <ul class="bullets">{lines}</ul>
        </section>
    }
    .into_any()
}

fn page(sheet: &CodeSheet, n: usize, pages: usize) -> AnyView {
    let slips = sheet.slips.iter().skip(n * ON_A_PAGE).take(ON_A_PAGE);
    let slips: Vec<AnyView> = slips.map(|one| slip(one, &sheet.unit_name)).collect();
    view! { <ul class="slips" aria-label=s::sheet_page(n + 1, pages) data-testid="slips">{slips}</ul> }.into_any()
}

fn slip(slip: &Slip, unit_name: &str) -> AnyView {
    let address = slip.code.link.split('#').next().unwrap_or_default();
    let address = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://")).unwrap_or(address);
    let apart = s::slip_born(slip.who.born, slip.who.group.as_deref());
    view! {
        <li class="slip" data-testid="slip" data-member=slip.who.member.to_string()>
            <p class="slip-name">{slip.who.name.clone()} {apart.map(|a| view! { <small>" · " {a}</small> })}</p>
            <p class="slip-cell num">{unit_name.to_owned()} " · " {s::slip_until(slip.code.expires)}</p>
            <div class="slip-way">
                {qr(&slip.code.link, s::QR_LABEL)}
                <ol>
                    <li>{s::SLIP_SCAN}</li>
                    <li>{s::SLIP_GO}</li>
                    <li>{s::slip_type(address)}</li>
                </ol>
            </div>
            <p class="slip-code">{s::SLIP_CODE} " " <b data-testid="slip-code">{slip.code.code.clone()}</b></p>
        </li>
    }
    .into_any()
}
