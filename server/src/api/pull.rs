//! Rows go out.

use super::given;
use crate::auth::Entering;
use crate::error::{ApiError, Json, Query};
use crate::openapi as doc;
use crate::state::AppState;
use crate::store::Pulled;
use axum::extract::State;
use domain::time::Millis;
use domain::wire::{PROTO, PullAnswer};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The most rows in one answer.
const MOST: usize = 1000;
const USUAL: usize = 500;

/// Routes of this noun.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(pull))
}

/// Where the phone stands.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct From {
    /// As the last answer gave it; none = from the beginning
    cursor: Option<String>,
    /// Rows at most, 1-1000
    limit: Option<usize>,
    /// Writers of the caller whose digest is wanted: ids with commas between them, at most 16. Answered with the last page
    writers: Option<String>,
}

/// Rows of the caller's scope that changed since the cursor
#[utoipa::path(get, path = "/pull", tag = "sync", params(From), responses(
    (status = 200, body = doc::PullAnswer), (status = 400, body = doc::ErrorBody), (status = 401, body = doc::ErrorBody),
    (status = 429, body = doc::ErrorBody)))]
async fn pull(
    State(state): State<AppState>,
    Entering(caller): Entering,
    Query(from): Query<From>,
) -> Result<Json<PullAnswer>, ApiError> {
    let now = state.now();
    // Nothing before the sign-in is set up, and no failure either: what waits on the phone goes on being sent.
    if caller.set_up {
        return Ok(Json(nothing_new(state.store.epoch(), now, from.cursor.unwrap_or_default())));
    }
    let scope = state.store.scope(&caller.account(), now).await?;
    let limit = from.limit.unwrap_or(USUAL).clamp(1, MOST);
    let Pulled { page, writers } =
        state.store.pull(&scope, from.cursor.as_deref(), limit, from.writers.as_deref()).await?;
    given::registers(&state, &caller, &scope, &page.rows).await;
    Ok(Json(PullAnswer {
        proto: PROTO,
        epoch: state.store.epoch(),
        now,
        cursor: page.cursor.encode(),
        more: page.more,
        reset: page.reset,
        rows: page.rows,
        digest: None,
        writers,
    }))
}

fn nothing_new(epoch: uuid::Uuid, now: Millis, cursor: String) -> PullAnswer {
    PullAnswer {
        proto: PROTO,
        epoch,
        now,
        cursor,
        more: false,
        reset: false,
        rows: Vec::new(),
        digest: None,
        writers: None,
    }
}
