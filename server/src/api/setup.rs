//! The first start: whoever has the code that the server printed makes the ward, its cells and the first administrator.

use super::session::{device_name, tokens, welcome};
use super::shapes as doc;
use crate::error::{ApiError, Json};
use crate::state::AppState;
use crate::store::Installation;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use domain::admin::{LONGEST_NAME, MOST_CELLS, NameFault, SetUp, SetupState, cell_names, name};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Routes of this noun.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(state, set_up))
}

/// Whether nobody has set this server up yet
#[utoipa::path(get, path = "/setup", tag = "session", responses((status = 200, body = doc::SetupState)))]
async fn state(State(app): State<AppState>) -> Result<Json<SetupState>, ApiError> {
    Ok(Json(SetupState { open: app.store.setup_is_open().await? }))
}

/// Sets the server up with the code of its log: ward, cells, first administrator; signs in
#[utoipa::path(post, path = "/setup", tag = "session", request_body = doc::SetUp, responses(
    (status = 200, description = "Set up and signed in; sets the cookie", body = crate::openapi::Session),
    (status = 400, description = "bad_ward, bad_admin, bad_cells: a name is empty, too long or there twice", body = doc::ErrorBody),
    (status = 401, description = "bad_code", body = doc::ErrorBody), (status = 409, description = "set_up before", body = doc::ErrorBody),
    (status = 429, body = doc::ErrorBody)))]
async fn set_up(
    State(app): State<AppState>,
    headers: HeaderMap,
    Json(ask): Json<SetUp>,
) -> Result<impl IntoResponse, ApiError> {
    let what = Installation {
        ward: name(&ask.ward).map_err(|fault| bad_name("bad_ward", "Tên Đảng ủy", fault))?,
        admin: name(&ask.admin).map_err(|fault| bad_name("bad_admin", "Họ tên", fault))?,
        cells: cell_names(ask.cells.iter().map(String::as_str))
            .map_err(|fault| bad_name("bad_cells", "Tên chi bộ", fault))?,
    };
    let device_name = device_name(&ask.device_name)?;
    let tokens = tokens(&app, &headers)?;
    let code = super::enrolments::as_given(&ask.code);
    match app.store.set_up(&code, what, device_name, tokens.clone()).await? {
        Ok(signed) => {
            tracing::info!("set up; the first administrator has signed in");
            Ok(welcome(&app, signed, tokens))
        }
        Err(_) if !app.limits.wrong_code_may(app.now()) => Err(ApiError::too_many()),
        Err(fault) => Err(fault.into()),
    }
}

/// What is wrong with a name, in a sentence.
pub(super) fn bad_name(code: &'static str, what: &str, fault: NameFault) -> ApiError {
    ApiError::bad(
        code,
        match fault {
            NameFault::Empty => format!("{what} còn trống."),
            NameFault::Unfit => format!("{what} dài quá {LONGEST_NAME} ký tự hoặc có ký tự lạ."),
            NameFault::Twice(at) => format!("{what} ở dòng {} đã có ở trên.", at + 1),
            NameFault::TooMany => format!("Nhiều nhất {MOST_CELLS} chi bộ một lần."),
        },
    )
}
