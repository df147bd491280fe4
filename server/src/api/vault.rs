//! What a phone needs to close what lies on it. Not an op: it is a secret between the server and that phone.

use super::shapes as doc;
use crate::auth::Entering;
use crate::error::{ApiError, Json};
use crate::state::AppState;
use axum::extract::State;
use domain::vault::VaultPart;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Routes of this noun.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(vault))
}

/// This server's part of the key of the phone that asks, and the key to which the phone seals ops
///
/// A phone that was signed out from elsewhere gets none.
#[utoipa::path(get, path = "/vault", tag = "session", responses((status = 200, body = doc::VaultPart), (status = 401, body = doc::ErrorBody)))]
async fn vault(State(app): State<AppState>, Entering(caller): Entering) -> Result<Json<VaultPart>, ApiError> {
    Ok(Json(app.store.vault_part(caller.device).await?))
}
