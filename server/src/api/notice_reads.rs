//! Who has read a notice: for those who write notices of its unit.

use super::given;
use super::shapes as doc;
use crate::auth::Caller;
use crate::error::{ApiError, Json, Path};
use crate::state::AppState;
use axum::extract::State;
use domain::account::Power;
use domain::audit::Deed;
use domain::desk::{NoticeReads, Reader};
use domain::id::NoticeId;
use domain::text::sort_key;
use std::collections::HashMap;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Routes of this noun.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(reads))
}

/// Who has read a notice and who has not, of those on the list today
#[utoipa::path(get, path = "/notices/{id}/reads", tag = "notices", params(("id" = String, Path, description = "Notice")),
    responses((status = 200, body = doc::NoticeReads), (status = 401, body = doc::ErrorBody),
        (status = 403, description = "a notice of another unit, or no right to write notices", body = doc::ErrorBody),
        (status = 404, body = doc::ErrorBody)))]
async fn reads(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<NoticeReads>, ApiError> {
    let id: NoticeId = id.parse().map_err(|_| ApiError::not_found())?;
    let notice = app.store.notice(id).await?.ok_or_else(ApiError::not_found)?;
    caller.need(Power::WriteNotices, notice.unit, &app.store.units(), app.now())?;
    let today = app.now().day();
    let marks: HashMap<_, _> = app.store.read_marks(id).await?.into_iter().map(|m| (m.member, m.at)).collect();
    let book = app.store.report_book(notice.unit, |_| vec![]).await?;
    let (mut read, mut unread) = (Vec::new(), Vec::new());
    for m in Arc::unwrap_or_clone(book.members).into_values().filter(|m| m.on_list(today)) {
        let at = marks.get(&m.id).copied();
        let reader = Reader { member: m.id, name: m.name.to_string(), at };
        if at.is_some() { read.push(reader) } else { unread.push(reader) }
    }
    read.sort_by_key(|r| (r.at, r.member));
    unread.sort_by_cached_key(|r| (sort_key(&r.name), r.member));
    let audience = u32::try_from(read.len() + unread.len()).unwrap_or(u32::MAX);
    given::today(&app, &caller, Deed::Readers, notice.unit, id.0, read.len() + unread.len()).await?;
    Ok(Json(NoticeReads { notice, audience, read, unread }))
}
