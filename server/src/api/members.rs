//! The members of a unit, for those who read lists online (the ward's drill-down). Phones of secretaries pull theirs.

use super::reports::unit;
use super::{ApiError, AppState, Caller};
use axum::extract::{Path, Query, State};
use axum::{Json, Router, routing::get};
use domain::account::Power;
use domain::member::Member;
use domain::text::{self, SearchKey, sort_key};
use serde::Deserialize;

/// The longest search text that is looked at, in characters.
const LONGEST: usize = 100;

/// The routes of this file.
pub fn routes() -> Router<AppState> {
    Router::new().route("/units/{unit}/members", get(list))
}

/// What is looked for.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// Name, initials or last digits of the phone, as in the app; everybody when empty.
    #[serde(default)]
    query: String,
    /// Also those who have left the list.
    #[serde(default)]
    ended: bool,
}

/// Members at or below a unit: by given name, or the best answers to a search first.
#[utoipa::path(get, path = "/api/v1/units/{unit}/members", tag = "members",
    params(("unit" = String, Path, description = "UUID of the unit"), Asked),
    responses(
        (status = 200, description = "list of domain::member::Member", body = Vec<Object>),
        (status = 401, description = "not signed in"),
        (status = 403, description = "another unit, or no right to read names"),
        (status = 404, description = "no such unit"),
    ))]
pub async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Json<Vec<Member>>, ApiError> {
    let unit = unit(&app.store, &id)?;
    caller.need(Power::ReadReports, unit.id, &app.store)?;
    let book = app.store.report_book(unit.id, |_| vec![]).await?;
    let query: String = asked.query.chars().take(LONGEST).collect();
    let query = text::Query::new(&query);
    let mut found: Vec<_> = book
        .members
        .into_values()
        .filter(|m| asked.ended || m.ended.is_none())
        .filter_map(|m| SearchKey::new(m.name.as_str(), m.phone.as_deref()).rank(&query).map(|rank| (rank, m)))
        .collect();
    found.sort_by_cached_key(|(rank, m)| (*rank, sort_key(m.name.as_str()), m.id));
    Ok(Json(found.into_iter().map(|(_, m)| m).collect()))
}
