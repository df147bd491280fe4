//! Ops that a person brings for somebody else, from the file of a phone that could not send.

use super::push::incoming;
use crate::auth::Caller;
use crate::error::{ApiError, Json};
use crate::openapi as doc;
use crate::state::AppState;
use crate::store::Received;
use axum::extract::State;
use domain::wire::{PROTO, PushAnswer, PushRequest};
use std::collections::BTreeMap;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Routes of this noun.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(carry))
}

/// Bring somebody else's ops; each is decided as its author's, or held until its author comes or somebody vouches for it
#[utoipa::path(post, path = "/carry", tag = "sync", request_body = doc::PushRequest, responses(
    (status = 200, body = doc::PushAnswer), (status = 400, body = doc::ErrorBody), (status = 401, body = doc::ErrorBody),
    (status = 413, body = doc::ErrorBody), (status = 429, body = doc::ErrorBody), (status = 503, body = doc::ErrorBody)))]
async fn carry(
    State(state): State<AppState>,
    caller: Caller,
    Json(asked): Json<PushRequest>,
) -> Result<Json<PushAnswer>, ApiError> {
    let (mut incoming, no_key) = incoming(&state, &caller, asked).await?;
    // A file may be all that there is of them: held as they came.
    incoming.ops.extend(no_key);
    let Received { results, .. } = state.store.carry(incoming).await?;
    let (epoch, now) = (state.store.epoch(), state.now());
    // Nothing about backups and writers: that is between the server and the phone that made the ops.
    Ok(Json(PushAnswer { proto: PROTO, epoch, now, safe_seq: BTreeMap::new(), twins: Vec::new(), results }))
}
