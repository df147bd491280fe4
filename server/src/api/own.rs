//! *Dữ liệu của tôi*: what is held about whoever asks, on the screen or to take away. Everybody signed in may, about himself and nobody else.

use super::shapes as doc;
use crate::auth::Caller;
use crate::error::{ApiError, Json};
use crate::export::{content_disposition, own_page};
use crate::state::AppState;
use crate::store::Noted;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use domain::audit::Deed;
use domain::own::OwnData;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Routes of this noun.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(json)).routes(routes!(html))
}

async fn data(app: &AppState, caller: &Caller) -> Result<OwnData, ApiError> {
    Ok(app.store.own_data(&caller.account(), caller.device).await?)
}

/// Everything that is held about the caller, and who was given it
#[utoipa::path(get, path = "/own", tag = "own", responses((status = 200, body = doc::OwnData), (status = 401, body = doc::ErrorBody)))]
async fn show(State(app): State<AppState>, caller: Caller) -> Result<Json<OwnData>, ApiError> {
    Ok(Json(data(&app, &caller).await?))
}

/// The same as a file for programs
#[utoipa::path(get, path = "/own.json", tag = "own", responses((status = 200, body = doc::OwnData), (status = 401, body = doc::ErrorBody)))]
async fn json(State(app): State<AppState>, caller: Caller) -> Result<Response, ApiError> {
    let data = taken(&app, &caller).await?;
    let text = serde_json::to_string_pretty(&data).map_err(|_| ApiError::internal())?;
    Ok(file(&data, "json", "application/json", text))
}

/// The same as a page that can be read and printed without the app
#[utoipa::path(get, path = "/own.html", tag = "own", responses(
    (status = 200, description = "A page without scripts", content_type = "text/html"), (status = 401, body = doc::ErrorBody)))]
async fn html(State(app): State<AppState>, caller: Caller) -> Result<Response, ApiError> {
    let data = taken(&app, &caller).await?;
    let text = own_page(&data);
    Ok(file(&data, "html", "text/html; charset=utf-8", text))
}

/// To be taken away: that leaves a line, so that somebody whose phone was borrowed sees it.
async fn taken(app: &AppState, caller: &Caller) -> Result<OwnData, ApiError> {
    let data = data(app, caller).await?;
    let unit = data.member.as_ref().map(|m| m.cell).or_else(|| caller.actor.grants.first().map(|g| g.unit));
    if let Some(unit) = unit {
        let member = data.member.as_ref().map(|m| m.id);
        app.store.note(Noted { member, number: Some(1), ..Noted::new(caller.sender(), Deed::Own, unit) }).await?;
    }
    Ok(data)
}

fn file(data: &OwnData, extension: &str, kind: &'static str, text: String) -> Response {
    let name = format!("Dữ liệu của tôi {}", data.made_at.date_vi());
    let headers =
        [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, content_disposition(&name, extension))];
    (headers, text).into_response()
}
