//! Adding a passkey: the server asks, the browser asks the person, the server looks at the answer. Nothing is added until it has said so.

use super::{Page, Problem};
use crate::api;
use crate::components::{Button, Card, Field, Icon, Kind, toast};
use crate::platform::{device, document, passkeys};
use crate::text::vi::common::passkeys as c;
use domain::passkey::{LONGEST_NAME, NewPasskey, Passkey, PasskeyAsk};
use domain::signin::Proof;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

async fn add(proof: Proof, name: String) -> Result<Passkey, Problem> {
    let ask: PasskeyAsk = api::post("account/passkeys", &proof).await?;
    let credential = passkeys::create(&ask.options).await?;
    Ok(api::post("account/passkeys/finish", &NewPasskey { name, credential }).await?)
}

/// The card.
pub(super) fn card(page: Page, ask_password: bool) -> AnyView {
    let name = RwSignal::new(device::name());
    let (password, missing) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let busy = page.doing.busy;
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let current = ask_password.then(|| password.get_untracked());
        let empty = current.as_ref().is_some_and(String::is_empty);
        missing.set(empty.then(|| c::ADD_PASSWORD_EMPTY.to_owned()));
        if empty {
            document::focus("[data-testid=passkey-password]");
            return;
        }
        page.doing.run(c::CALL_OFFLINE, add(Proof { current }, name.get_untracked()), move |_| {
            toast(c::ADDED);
            page.again();
        });
    };
    view! {
        <form class="stack" novalidate=true data-testid="passkey-add-form" on:submit=submit>
            <Card title=c::ADD_TITLE>
                <Field label=c::ADD_NAME hint=c::ADD_NAME_HINT value=name max=u32::try_from(LONGEST_NAME).unwrap_or_default() testid="passkey-name" />
                {ask_password.then(|| view! {
                    <Field label=c::ADD_PASSWORD value=password kind="password" error=missing autocomplete="current-password" max=200 testid="passkey-password" />
                })}
                <Button kind=Kind::Big submit=true icon=Icon::Key disabled=busy testid="passkey-add">
                    {move || if busy.get() { c::ADDING } else { c::ADD }}
                </Button>
            </Card>
        </form>
    }
    .into_any()
}
