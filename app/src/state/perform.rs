//! The way of an op from the tap to the disk is `domain::sync::phone::tap`; here it is given to the browser's event loop.

use super::App;
use domain::decide::Why;
use domain::id::{OpId, UnitId};
use domain::op::Body;
use domain::sync::phone::tap;
use leptos::task::spawn_local;
use std::task::{Context, Waker};

/// The build, as ops carry it.
pub(super) const BUILD: &str = env!("CARGO_PKG_VERSION");

pub(super) fn perform(app: App, unit: UnitId, body: Body, deps: Vec<OpId>) -> Result<OpId, Why> {
    let id = tap::perform(&app.port(), unit, body, deps, BUILD)?;
    let mut storing = Box::pin(async move {
        tap::store(&app.port(), &[id]).await;
        // Sent in any case: with a broken storage the server is the best place for it.
        crate::sync::soon(app);
    });
    // Begun before the screens follow the change: the disk works while they do. Its end is heard by the event loop.
    if storing.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {
        spawn_local(storing);
    }
    Ok(id)
}

pub(super) fn forget(app: App, op: OpId) {
    let changed = tap::forget(&app.port(), op);
    spawn_local(async move {
        tap::store_stages(&app.port(), &changed).await;
    });
}

pub(super) fn resend(app: App, op: OpId) {
    let changed = tap::resend(&app.port(), op);
    spawn_local(async move {
        let port = app.port();
        tap::store_again(&port).await;
        tap::store_stages(&port, &changed).await;
        crate::sync::now(app);
    });
}
