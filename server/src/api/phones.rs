//! The phones of a unit: whoever keeps its register sees those of all its accounts, an administrator those of people with roles, and no member's.

use super::admin::{manages, manages_all};
use super::given;
use super::reports::unit;
use super::shapes as doc;
use crate::auth::Caller;
use crate::error::{ApiError, Json, Path, Query};
use crate::state::AppState;
use axum::extract::State;
use domain::account::{Permission, Power};
use domain::audit::Deed;
use domain::device::{Ends, PHONES_AT_ONCE, PhoneFilter, UnitPhone, UnitPhones};
use domain::enrol::may_let_in;
use domain::text::{self, SearchKey, sort_key};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The longest search text that is looked at, in characters.
const LONGEST: usize = 100;
/// The build of the app that this server gives out: both are of one release.
const APP: &str = env!("CARGO_PKG_VERSION");

/// Routes of this noun.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list))
}

/// What is looked for.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Name or initials of the person, as in the app; everybody when empty.
    #[serde(default)]
    query: String,
    /// all, silent, unsent, old
    #[serde(default)]
    #[param(value_type = Option<String>)]
    filter: PhoneFilter,
    /// How many to pass over.
    #[serde(default)]
    after: usize,
}

/// The phones of the accounts of a unit and below it, fifty at a time
#[utoipa::path(get, path = "/units/{unit}/phones", tag = "devices",
    params(("unit" = String, Path, description = "Unit"), Asked),
    responses((status = 200, body = doc::UnitPhones), (status = 400, description = "an unknown filter", body = doc::ErrorBody),
        (status = 401, body = doc::ErrorBody),
        (status = 403, description = "another unit, or neither register nor roles to keep there", body = doc::ErrorBody),
        (status = 404, body = doc::ErrorBody)))]
async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Json<UnitPhones>, ApiError> {
    let unit = unit(&app.store, &id)?;
    let (units, now) = (app.store.units(), app.now());
    let keeps = matches!(caller.actor.may(Power::KeepRegister, unit.id, &units, now.day()), Permission::Yes(_));
    if !keeps && !manages(&app, &caller, unit.id, &units) {
        return Err(ApiError::forbidden());
    }
    let query: String = asked.query.chars().take(LONGEST).collect();
    let query = text::Query::new(&query);
    let all = app.store.phones_in(unit.id, keeps, caller.device).await?;
    let mut all: Vec<_> =
        all.into_iter().filter_map(|p| SearchKey::new(&p.person, None).rank(&query).map(|rank| (rank, p))).collect();
    let filters = [PhoneFilter::All, PhoneFilter::Silent, PhoneFilter::Unsent, PhoneFilter::Old];
    let counts = filters.map(|filter| all.iter().filter(|(_, p)| p.passes(filter, APP, now)).count());
    all.retain(|(_, p)| p.passes(asked.filter, APP, now));
    all.sort_by_cached_key(|(rank, p)| (*rank, sort_key(&p.person), std::cmp::Reverse(p.phone.last), p.phone.id));
    let found = all.len();
    let mut phones: Vec<UnitPhone> = all.into_iter().map(|(_, p)| p).skip(asked.after).take(PHONES_AT_ONCE).collect();
    for phone in &mut phones {
        phone.lease(app.config.lease_days, now);
        phone.ends = ends(&app, &caller, phone).await?;
    }
    let reached = asked.after.saturating_add(phones.len());
    let next = (reached < found).then_some(reached);
    given::today(&app, &caller, Deed::Phones, unit.id, unit.id.0, found).await?;
    Ok(Json(UnitPhones { phones, found, counts, next, app: APP.to_owned() }))
}

/// How the caller may sign it out: by the same rules as the endpoints that do it.
async fn ends(app: &AppState, caller: &Caller, line: &UnitPhone) -> Result<Option<Ends>, ApiError> {
    let own = line.account == caller.account && line.phone.id == caller.device;
    if own || !line.phone.signed_in {
        return Ok(None);
    }
    let Some(account) = app.store.account(line.account).await? else { return Ok(None) };
    let units = app.store.units();
    Ok(match line.member {
        Some(_) => may_let_in(&caller.actor, &account.grants, &units, app.now().day()).then_some(Ends::Member),
        None => manages_all(app, caller, &account.grants, &units).then_some(Ends::Account),
    })
}
