//! Ops come in.

use crate::auth::{Caller, Delivering};
use crate::error::{ApiError, Json};
use crate::openapi as doc;
use crate::state::AppState;
use crate::store::{Incoming, Received, Sender, Unsealed};
use axum::extract::State;
use domain::ledger::PhoneClock;
use domain::wire::{MAX_PUSH_OPS, PROTO, PushAnswer, PushRequest};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Routes of this noun.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(push))
}

/// Send ops; exactly one result per op, in order, after a durable commit
///
/// An op that was sealed to a key that the server has lost gets none and is not taken: it is to be kept, and sent by somebody who can read it.
/// A phone that was signed out from elsewhere still delivers: what would be decided is held for a person (`revoked`).
#[utoipa::path(post, path = "/push", tag = "sync", request_body = doc::PushRequest, responses(
    (status = 200, body = doc::PushAnswer), (status = 400, body = doc::ErrorBody), (status = 401, body = doc::ErrorBody),
    (status = 413, body = doc::ErrorBody), (status = 429, body = doc::ErrorBody), (status = 503, body = doc::ErrorBody)))]
async fn push(
    State(state): State<AppState>,
    Delivering { caller, revoked }: Delivering,
    Json(asked): Json<PushRequest>,
) -> Result<Json<PushAnswer>, ApiError> {
    // Those without a key are not taken: under their ids the phone's page, which can read them, sends them as they are.
    let (incoming, _) = incoming(&state, &caller, asked).await?;
    let received =
        if revoked { state.store.push_signed_out(incoming).await? } else { state.store.push(incoming).await? };
    let Received { results, twins } = received;
    let (epoch, now) = (state.store.epoch(), state.now());
    let safe_seq = state.store.safe_seqs(caller.actor.grants.iter().map(|g| g.unit));
    Ok(Json(PushAnswer { proto: PROTO, epoch, now, safe_seq, twins, results }))
}

/// The request for the store, when it is one of ours and not too large. Sealed ops are opened here, so that nothing behind knows of them; those to a key
/// that is lost come beside it.
pub(super) async fn incoming(
    state: &AppState,
    caller: &Caller,
    asked: PushRequest,
) -> Result<(Incoming, Vec<String>), ApiError> {
    if asked.proto != PROTO {
        return Err(ApiError::bad("bad_proto", "Máy chủ không hiểu bản giao thức này. Vui lòng cập nhật ứng dụng."));
    }
    if asked.ops.len() > MAX_PUSH_OPS {
        return Err(ApiError::too_large("Mỗi lần gửi nhiều nhất 100 việc."));
    }
    let raws = asked.ops.into_iter().map(|raw| Box::<str>::from(raw).into_string()).collect();
    let Unsealed { ops, no_key } = state.store.unseal(raws).await?;
    let incoming = Incoming {
        from: Sender { account: caller.account, device: caller.device },
        clock: PhoneClock { now_t: asked.now_t, now_m: asked.now_m, session: asked.s },
        ops,
    };
    Ok((incoming, no_key))
}
