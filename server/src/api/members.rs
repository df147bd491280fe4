//! The members of a unit, for those who read lists online (the ward's drill-down). Phones of secretaries pull theirs.

use super::given;
use super::reports::unit;
use super::shapes as doc;
use crate::auth::Caller;
use crate::error::{ApiError, Json, Path, Query};
use crate::state::AppState;
use axum::extract::State;
use domain::account::Power;
use domain::audit::Deed;
use domain::member::Member;
use domain::text::{self, SearchKey, sort_key};
use serde::Deserialize;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The longest search text that is looked at, in characters.
const LONGEST: usize = 100;

/// Routes of this noun.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list))
}

/// What is looked for.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Name, initials or last digits of the phone, as in the app; everybody when empty.
    #[serde(default)]
    query: String,
    /// Also those who have left the list.
    #[serde(default)]
    ended: bool,
}

/// Members at or below a unit: by given name, or the best answers to a search first
#[utoipa::path(get, path = "/units/{unit}/members", tag = "members",
    params(("unit" = String, Path, description = "Unit"), Asked),
    responses((status = 200, description = "As in the table member of a pull", body = Vec<Object>), (status = 401, body = doc::ErrorBody),
        (status = 403, description = "another unit, or no right to read names", body = doc::ErrorBody), (status = 404, body = doc::ErrorBody)))]
async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Json<Vec<Member>>, ApiError> {
    let unit = unit(&app.store, &id)?;
    caller.need(Power::ReadReports, unit.id, &app.store.units(), app.now())?;
    let book = app.store.report_book(unit.id, |_| vec![]).await?;
    let query: String = asked.query.chars().take(LONGEST).collect();
    let query = text::Query::new(&query);
    let mut found: Vec<_> = Arc::unwrap_or_clone(book.members)
        .into_values()
        .filter(|m| asked.ended || m.ended.is_none())
        .filter_map(|m| SearchKey::new(m.name.as_str(), m.phone.as_deref()).rank(&query).map(|rank| (rank, m)))
        .collect();
    found.sort_by_cached_key(|(rank, m)| (*rank, sort_key(m.name.as_str()), m.id));
    given::today(&app, &caller, Deed::Members, unit.id, unit.id.0, found.len()).await?;
    Ok(Json(found.into_iter().map(|(_, m)| m).collect()))
}
