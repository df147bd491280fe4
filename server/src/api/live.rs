//! Live screens: a word that something in the caller's scope changed; the phone then pulls. It carries no content.

use crate::auth::Caller;
use crate::error::ApiError;
use crate::openapi as doc;
use crate::state::AppState;
use crate::store::{News, Scope};
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use domain::id::UnitId;
use futures::{Stream, StreamExt as _};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::wrappers::errors::BroadcastStreamRecvError;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A screen asks again after this long; so it also learns of a new scope.
const LONGEST: Duration = Duration::from_hours(1);

/// Routes of this noun.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(live))
}

/// Server-sent events: `changed` with stream and sequence
#[utoipa::path(get, path = "/live", tag = "sync", responses(
    (status = 200, description = "event: changed, data: {\"stream\", \"seq\"}", body = String, content_type = "text/event-stream"),
    (status = 401, body = doc::ErrorBody)))]
async fn live(State(state): State<AppState>, caller: Caller) -> Result<impl IntoResponse, ApiError> {
    let scope = state.store.scope(&caller.account(), state.now()).await?;
    let mut ending = state.ending.clone();
    let end = async move {
        tokio::select! {
            // An error means that the server is gone.
            _ = ending.wait_for(|e| *e) => {}
            () = tokio::time::sleep(LONGEST) => {}
        }
    };
    let here = caller.device;
    let news = BroadcastStream::new(state.store.changes())
        // The line of a phone that was signed out ends: it asks again, and hears why.
        .take_while(move |news| std::future::ready(!matches!(news, Ok(News::SignedOut(device)) if *device == here)));
    let events = events(news, scope).take_until(end);
    let sse = Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)));
    // So that a proxy does not hold the events back.
    Ok(([("x-accel-buffering", "no")], sse))
}

fn events(
    changes: impl Stream<Item = Result<News, BroadcastStreamRecvError>>,
    scope: Scope,
) -> impl Stream<Item = Result<Event, Infallible>> {
    changes.flat_map(move |batch| {
        let mut heads: BTreeMap<UnitId, u64> = BTreeMap::new();
        match batch {
            Ok(News::Changed(batch)) => {
                for change in batch.iter().filter(|c| scope.touches(&c.table, c.unit, c.owner)) {
                    let head = heads.entry(change.stream).or_default();
                    *head = change.seq.max(*head);
                }
            }
            Ok(News::SignedOut(_)) => {}
            // Too slow to hear each, or other processes could not be heard: it pulls, and that tells all.
            Ok(News::Everything) | Err(BroadcastStreamRecvError::Lagged(_)) => {
                heads.insert(UnitId(uuid::Uuid::nil()), 0);
            }
        }
        futures::stream::iter(heads.into_iter().map(|(stream, seq)| {
            let data = serde_json::json!({ "stream": stream, "seq": seq });
            Ok(Event::default().event("changed").data(data.to_string()))
        }))
    })
}
