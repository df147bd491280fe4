//! What members ask about the data that is held about them, as a worklist for those who answer. A secretary's phone has the same as rows; a ward, which has
//! no register, asks here. Answers are ops.

use super::given;
use super::shapes as doc;
use crate::auth::Caller;
use crate::error::{ApiError, Json, Path};
use crate::state::AppState;
use axum::extract::State;
use domain::account::Power;
use domain::audit::Deed;
use domain::request::{Worklist, sort};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Routes of this noun.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(worklist))
}

/// Requests of members at a unit and below it, open ones first
#[utoipa::path(get, path = "/requests/{unit}", tag = "requests", params(("unit" = String, Path, description = "Unit")),
    responses((status = 200, body = doc::Worklist), (status = 401, body = doc::ErrorBody),
        (status = 403, description = "another unit, or no right to answer", body = doc::ErrorBody),
        (status = 404, body = doc::ErrorBody)))]
async fn worklist(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Worklist>, ApiError> {
    let unit = super::reports::unit(&app.store, &id)?;
    caller.need(Power::AnswerRequests, unit.id, &app.store.units(), app.now())?;
    let mut items = app.store.worklist(unit.id).await?;
    sort(&mut items, |item| &item.request);
    if !items.is_empty() {
        given::today(&app, &caller, Deed::Requests, unit.id, unit.id.0, items.len()).await?;
    }
    Ok(Json(Worklist { made_at: app.now(), answer_days: app.config.answer_days, items }))
}
