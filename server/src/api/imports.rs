//! Import of a roster: a file becomes a draft that is looked at, changed and confirmed. Nothing is written before; then all of it or nothing,
//! as ops in the name of whoever confirmed. The rules are `domain::roster`; the file is read again for each request, so that a draft is
//! nothing but the file and what the person said.

use super::given;
use super::shapes as doc;
use crate::auth::Caller;
use crate::error::{ApiError, Json, Path, Query};
use crate::roster::{MAX_COLUMNS, MAX_FILE, MAX_ROWS, ReadError, read};
use crate::state::AppState;
use crate::store::Import;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use domain::account::Power;
use domain::audit::Deed;
use domain::desk::{ImportColumns, ImportDecisions, ImportDone, ImportDraft};
use domain::id::{MemberId, UnitId, uuid_v7};
use domain::member::Member;
use domain::roster::{
    Columns, Decision, Field, Parsed, PlanError, Preview, Understanding, compare, decide_doubtful, parse_rows, plan,
    understand, understand_sheet,
};
use domain::unit::UnitKind;
use draft::Draft;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::collections::HashSet;
use tokio::sync::Semaphore;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

mod draft;

/// The largest body of the requests that are no files: decisions about 20,000 rows.
const MAX_SAID: usize = 2 * 1024 * 1024;
/// Files that are read at the same time; each takes a core and some memory.
static READERS: Semaphore = Semaphore::const_new(2);

/// Routes of this noun.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(upload)).layer(DefaultBodyLimit::max(MAX_FILE)).merge(
        OpenApiRouter::new()
            .routes(routes!(show, forget))
            .routes(routes!(columns))
            .routes(routes!(decisions))
            .routes(routes!(confirm))
            .layer(DefaultBodyLimit::max(MAX_SAID)),
    )
}

/// Where the file belongs.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Upload {
    /// The cell.
    #[param(value_type = Uuid)]
    unit: UnitId,
    /// The name of the file; its ending counts.
    #[serde(default)]
    file: String,
}

/// Upload a roster (.xlsx or .csv, at most 5 MB); nothing is written before it is confirmed
#[utoipa::path(post, path = "/imports", tag = "imports", params(Upload),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file"),
    responses((status = 200, body = doc::ImportDraft), (status = 400, description = "file_…: why it cannot be read", body = doc::ErrorBody),
        (status = 401, body = doc::ErrorBody), (status = 403, body = doc::ErrorBody), (status = 404, description = "no such unit", body = doc::ErrorBody),
        (status = 413, description = "file_too_large", body = doc::ErrorBody)))]
async fn upload(
    State(app): State<AppState>,
    caller: Caller,
    Query(asked): Query<Upload>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<ImportDraft>, ApiError> {
    may(&app, &caller, asked.unit)?;
    if app.store.units().get(asked.unit).is_none_or(|u| u.kind != UnitKind::Cell) {
        return Err(ApiError::bad("not_a_cell", "Chỉ nhập danh sách vào một chi bộ."));
    }
    let file: String = asked.file.chars().filter(|c| !c.is_control()).take(200).collect();
    let bytes = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => refused(ReadError::TooLarge),
        _ => ApiError::bad("bad_upload", "Tệp tải lên chưa trọn vẹn. Hãy thử lại."),
    })?;
    let draft = Draft { file, understanding: None, decisions: vec![], seen: vec![], done: None, bytes: bytes.to_vec() };
    let work = Work { id: Uuid::new_v4(), unit: asked.unit, draft };
    let (mut work, looked) = work.look(&app).await?;
    given::each(&app, &caller, Deed::Import, asked.unit, Some(looked.members.len()), None).await?;
    work.draft.understanding = Some(looked.understanding.clone());
    work.answer_and_keep(&app, &caller, looked).await
}

/// The draft, compared with the register as it is now
#[utoipa::path(get, path = "/imports/{id}", tag = "imports", params(("id" = Uuid, Path)),
    responses((status = 200, body = doc::ImportDraft), (status = 401, body = doc::ErrorBody), (status = 404, body = doc::ErrorBody)))]
async fn show(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<ImportDraft>, ApiError> {
    let work = Work::load(&app, &caller, id).await?;
    if work.draft.done.is_some() {
        return Ok(Json(work.over()));
    }
    let (mut work, looked) = work.look(&app).await?;
    // A decision about a row that is no longer doubtful is over.
    if decide_doubtful(&looked.preview, &work.draft.decisions).is_err() {
        work.draft.decisions.clear();
    }
    work.answer_and_keep(&app, &caller, looked).await
}

/// Change what the columns mean, or take another sheet; decisions begin anew
#[utoipa::path(put, path = "/imports/{id}/columns", tag = "imports", params(("id" = Uuid, Path)), request_body = doc::ImportColumns,
    responses((status = 200, body = doc::ImportDraft), (status = 400, body = doc::ErrorBody), (status = 401, body = doc::ErrorBody),
        (status = 404, body = doc::ErrorBody), (status = 409, description = "import_done", body = doc::ErrorBody)))]
async fn columns(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(asked): Json<ImportColumns>,
) -> Result<Json<ImportDraft>, ApiError> {
    let mut work = Work::load(&app, &caller, id).await?.open()?;
    work.draft.decisions.clear();
    work.draft.understanding = Some(changed(work.draft.understanding.take(), &asked.columns)?);
    let (mut work, looked) = work.look(&app).await?;
    work.draft.understanding = Some(looked.understanding.clone());
    work.answer_and_keep(&app, &caller, looked).await
}

/// Say who is meant by doubtful rows, and which rows are left out
#[utoipa::path(put, path = "/imports/{id}/decisions", tag = "imports", params(("id" = Uuid, Path)), request_body = doc::ImportDecisions,
    responses((status = 200, body = doc::ImportDraft), (status = 400, description = "bad_decision", body = doc::ErrorBody),
        (status = 401, body = doc::ErrorBody), (status = 404, body = doc::ErrorBody), (status = 409, description = "import_done", body = doc::ErrorBody)))]
async fn decisions(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(asked): Json<ImportDecisions>,
) -> Result<Json<ImportDraft>, ApiError> {
    let work = Work::load(&app, &caller, id).await?.open()?;
    let (mut work, looked) = work.look(&app).await?;
    decide_doubtful(&looked.preview, &asked.decisions).map_err(|e| ApiError::bad("bad_decision", e.to_string()))?;
    work.draft.decisions = asked.decisions;
    work.answer_and_keep(&app, &caller, looked).await
}

/// Write it: all or nothing, and only what was shown; again gives the same answer and writes nothing
#[utoipa::path(post, path = "/imports/{id}/confirm", tag = "imports", params(("id" = Uuid, Path)),
    responses((status = 200, body = doc::ImportDone), (status = 400, description = "no_name_column", body = doc::ErrorBody),
        (status = 401, body = doc::ErrorBody), (status = 403, body = doc::ErrorBody), (status = 404, body = doc::ErrorBody),
        (status = 409, description = "preview_stale: the register has changed since the preview; get the draft again", body = doc::ErrorBody)))]
async fn confirm(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<ImportDone>, ApiError> {
    let work = Work::load(&app, &caller, id).await?;
    if let Some(done) = work.draft.done {
        return Ok(Json(done));
    }
    let (work, looked) = work.look(&app).await?;
    if !looked.understanding.columns.has_name() {
        return Err(ApiError::bad(
            "no_name_column",
            "Chưa biết cột nào là họ tên. Hãy chọn cột họ và tên rồi thử lại.",
        ));
    }
    if looked.digest != work.draft.seen {
        return Err(stale());
    }
    let now = app.now();
    let planned =
        plan(&looked.preview, &looked.members, &work.draft.decisions, || MemberId(uuid_v7(now, rand::random())));
    let planned = planned.map_err(|e| match e {
        PlanError::Stale(_) => stale(),
        other => ApiError::bad("bad_decision", other.to_string()),
    })?;
    let known: HashSet<MemberId> = looked.members.iter().map(|m| m.id).collect();
    // Whoever is new is expected from today, not at the meetings of the years before.
    let since_today = |member: Member| {
        let since = if known.contains(&member.id) { member.since } else { member.since.or(Some(now.day())) };
        Member { since, ..member }
    };
    let skipped = looked.preview.counts.problem + planned.left_out.len();
    let done = ImportDone {
        added: planned.added,
        changed: planned.changed,
        unchanged: looked.preview.rows.len().saturating_sub(planned.added + planned.changed + skipped),
        skipped,
    };
    let import = Import {
        account: caller.account,
        cell: work.unit,
        version: looked.version,
        members: planned.put.into_iter().map(since_today).collect(),
        draft: id,
        done: Draft::over(&work.draft.file, done).pack()?,
    };
    if app.store.import(import).await? {
        return Ok(Json(done));
    }
    // Somebody was quicker: perhaps the same person with the same draft.
    match Work::load(&app, &caller, id).await?.draft.done {
        Some(done) => Ok(Json(done)),
        None => Err(stale()),
    }
}

/// Forget the draft
#[utoipa::path(delete, path = "/imports/{id}", tag = "imports", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = doc::ErrorBody)))]
async fn forget(State(app): State<AppState>, caller: Caller, Path(id): Path<Uuid>) -> Result<StatusCode, ApiError> {
    app.store.drop_draft(id, caller.account).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn may(app: &AppState, caller: &Caller, unit: UnitId) -> Result<(), ApiError> {
    caller.need(Power::KeepRegister, unit, &app.store.units(), app.now()).map(|_| ())
}

fn stale() -> ApiError {
    ApiError::conflict(
        "preview_stale",
        "Danh sách của chi bộ đã thay đổi từ lúc xem trước. Chưa ghi gì. Hãy xem lại rồi xác nhận.",
    )
}

fn refused(error: ReadError) -> ApiError {
    let status = if error.is_size() { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::BAD_REQUEST };
    ApiError::new(status, error.code(), error.to_string())
}

/// The columns as understood, with the meanings that the person gave them. Everything else of what came is passed over.
fn changed(known: Option<Understanding>, asked: &Columns) -> Result<Understanding, ApiError> {
    let mut known = known.ok_or_else(ApiError::not_found)?;
    let bad = |message: String| Err(ApiError::bad("bad_columns", message));
    if asked.sheet >= known.sheets.len() {
        return bad("Tệp không có trang tính đó.".to_owned());
    }
    if asked.sheet != known.columns.sheet {
        // Understood anew by `look`.
        known.columns = Columns { sheet: asked.sheet, first_row: 0, columns: vec![] };
        return Ok(known);
    }
    let most = u32::try_from(MAX_ROWS).unwrap_or(u32::MAX);
    if !(1..=most + 1).contains(&asked.first_row) || asked.columns.len() > MAX_COLUMNS {
        return bad("Dòng đầu tiên hoặc số cột không hợp lệ.".to_owned());
    }
    known.columns.first_row = asked.first_row;
    let mut taken: Vec<Field> = Vec::new();
    for column in &mut known.columns.columns {
        let Some(said) = asked.columns.iter().find(|c| c.column == column.column) else { continue };
        column.field = said.field;
    }
    for column in &known.columns.columns {
        if !column.field.repeats() && taken.contains(&column.field) {
            return bad(format!("Có hai cột cùng là “{}”. Hãy bỏ qua một cột.", column.field.vi()));
        }
        taken.push(column.field);
    }
    Ok(known)
}

/// A draft at work.
struct Work {
    id: Uuid,
    unit: UnitId,
    draft: Draft,
}

/// What a look at file and register shows.
struct Looked {
    understanding: Understanding,
    preview: Preview,
    /// Of the preview.
    digest: Vec<u8>,
    members: Vec<Member>,
    version: u64,
}

impl Work {
    /// The caller's draft; 404 for any other. The right to keep the register is asked each time.
    async fn load(app: &AppState, caller: &Caller, id: Uuid) -> Result<Self, ApiError> {
        let (unit, body) = app.store.draft(id, caller.account).await?.ok_or_else(ApiError::not_found)?;
        may(app, caller, unit)?;
        Ok(Self { id, unit, draft: Draft::unpack(&body)? })
    }
    /// Not confirmed yet.
    fn open(self) -> Result<Self, ApiError> {
        if self.draft.done.is_some() {
            return Err(ApiError::conflict(
                "import_done",
                "Lần nhập này đã xác nhận xong. Muốn nhập tiếp, hãy tải tệp lên lại.",
            ));
        }
        Ok(self)
    }
    /// Reads the file and compares it with the register, aside from the requests.
    async fn look(self, app: &AppState) -> Result<(Self, Looked), ApiError> {
        let (members, version) = app.store.register(self.unit).await?;
        let _turn = READERS.acquire().await.map_err(|_| ApiError::unavailable())?;
        let looked = tokio::task::spawn_blocking(move || {
            let looked = look(&self.draft, members, version, self.unit);
            (self, looked)
        });
        let (work, looked) = looked.await.map_err(|error| {
            tracing::error!(%error, "a roster could not be looked at");
            ApiError::internal()
        })?;
        Ok((work, looked.map_err(refused)?))
    }
    /// Keeps the draft with what was shown, and shows it.
    async fn answer_and_keep(
        mut self,
        app: &AppState,
        caller: &Caller,
        looked: Looked,
    ) -> Result<Json<ImportDraft>, ApiError> {
        self.draft.seen = looked.digest;
        let answer = ImportDraft {
            id: self.id,
            unit: self.unit,
            file: self.draft.file.clone(),
            understanding: looked.understanding,
            preview: looked.preview,
            decisions: self.draft.decisions.clone(),
            done: None,
        };
        app.store.put_draft(self.id, caller.account, self.unit, self.draft.pack()?).await?;
        Ok(Json(answer))
    }
    /// The answer about a draft that was confirmed: the file is forgotten.
    fn over(self) -> ImportDraft {
        let columns = Columns { sheet: 0, first_row: 1, columns: vec![] };
        ImportDraft {
            id: self.id,
            unit: self.unit,
            file: self.draft.file,
            understanding: Understanding { sheets: vec![], columns, recognised: true },
            preview: compare(Parsed::default(), &[], self.unit),
            decisions: vec![],
            done: self.draft.done,
        }
    }
}

fn look(draft: &Draft, members: Vec<Member>, version: u64, cell: UnitId) -> Result<Looked, ReadError> {
    let sheets = read(&draft.bytes, &draft.file)?;
    let understanding = match &draft.understanding {
        None => understand(&sheets),
        Some(known) if known.columns.first_row == 0 => {
            let columns = understand_sheet(&sheets, known.columns.sheet);
            Understanding { columns, ..known.clone() }
        }
        Some(known) => known.clone(),
    };
    let columns = &understanding.columns;
    let sheet = sheets.get(columns.sheet).filter(|_| columns.has_name());
    let preview = match sheet {
        Some(sheet) => compare(parse_rows(sheet, columns), &members, cell),
        // Without names nobody can be found missing either.
        None => compare(Parsed::default(), &[], cell),
    };
    let json = serde_json::to_vec(&preview).unwrap_or_default();
    let digest = Sha256::digest(json).to_vec();
    Ok(Looked { understanding, preview, digest, members, version })
}
