//! The extractor of whoever is signed in.

use super::cookie::Names;
use crate::error::ApiError;
use crate::state::AppState;
use crate::store::Sender;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use domain::account::{Actor, Permission, Power, Role};
use domain::id::{AccountId, DeviceId, UnitId};
use domain::signin::FRESH;
use domain::time::Millis;
use domain::unit::UnitTree;
use domain::wire::{Me, Session};

/// How many ops wait on the phone, told with a request.
pub const UNSENT: &str = "x-unsent";
/// The build of the app, told with a request.
pub const APP: &str = "x-app";
/// The longest name of a build that is kept, in bytes.
const LONGEST_BUILD: usize = 40;

/// Somebody signed in.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Account.
    pub account: AccountId,
    /// Device of this session.
    pub device: DeviceId,
    /// The device's name.
    pub device_name: String,
    /// The account's name.
    pub name: String,
    /// With all grants.
    pub actor: Actor,
    /// Has to set up name, password and second factor before anything else.
    pub set_up: bool,
    /// Signs in by name and password.
    pub login: bool,
    /// When the token of this session was given.
    pub token_given: Millis,
    /// Came by a code a moment ago: may set a password without knowing the one before.
    pub fresh: bool,
}

impl Caller {
    /// The role in which the caller may do this in that unit; 404 for a unit that does not exist, else 403.
    pub fn need(&self, power: Power, unit: UnitId, units: &UnitTree, now: Millis) -> Result<Role, ApiError> {
        if units.get(unit).is_none() {
            return Err(ApiError::not_found());
        }
        match self.actor.may(power, unit, units, now.day()) {
            Permission::Yes(role) => Ok(role),
            permission => Err(ApiError::of(permission).unwrap_or_else(ApiError::forbidden)),
        }
    }
    /// As the trail speaks of who asked.
    #[must_use]
    pub const fn sender(&self) -> Sender {
        Sender { account: self.account, device: self.device }
    }
    /// As the wire speaks of the session.
    #[must_use]
    pub fn session(&self, state: &AppState) -> Session {
        let me = Me {
            id: self.account,
            name: self.name.clone(),
            member: self.actor.member,
            roles: self.actor.grants.clone(),
        };
        Session {
            me,
            dev: self.device,
            device_name: self.device_name.clone(),
            epoch: state.store.epoch(),
            lease_days: state.config.lease_days,
            answer_days: state.config.answer_days,
            set_up_sign_in: self.set_up,
        }
    }
    /// As the store asks for it.
    #[must_use]
    pub fn account(&self) -> crate::store::Account {
        crate::store::Account {
            id: self.account,
            name: self.name.clone(),
            member: self.actor.member,
            grants: self.actor.grants.clone(),
        }
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        match Entering::from_request_parts(parts, state).await? {
            Entering(caller) if caller.set_up => Err(ApiError::set_up_sign_in()),
            Entering(caller) => Ok(caller),
        }
    }
}

/// Somebody signed in, who may have to set up name, password and second factor before anything else.
#[derive(Clone, Debug)]
pub struct Entering(pub Caller);

impl FromRequestParts<AppState> for Entering {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        match Delivering::from_request_parts(parts, state).await? {
            Delivering { caller, revoked: false } => Ok(Self(caller)),
            Delivering { revoked: true, .. } => Err(ApiError::revoked()),
        }
    }
}

/// Somebody signed in, or a phone that was signed out from elsewhere: it may still deliver what waits on it, and nothing else.
#[derive(Clone, Debug)]
pub struct Delivering {
    /// Whose session it is, or was.
    pub caller: Caller,
    /// It was ended from elsewhere.
    pub revoked: bool,
}

impl FromRequestParts<AppState> for Delivering {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let names = Names::new(state.config.https());
        let shown = names.session_in(&CookieJar::from_headers(&parts.headers)).ok_or_else(ApiError::signed_out)?;
        let session = state.store.session(&shown).await?.ok_or_else(ApiError::signed_out)?;
        let (account, device, revoked, now) = (session.account, session.device, session.revoked, state.now());
        // What was signed out from elsewhere is known for as long as its phone may come.
        if !revoked && state.config.session_ends(session.created, session.login) <= now {
            return Err(ApiError::signed_out());
        }
        if !state.limits.session_may(device, account.id, now) {
            return Err(ApiError::too_many());
        }
        note(parts, state, device, account.id);
        let caller = Caller {
            account: account.id,
            device,
            device_name: session.device_name,
            name: account.name.clone(),
            set_up: state.config.must_set_up(&account.grants, session.login, now),
            login: session.login,
            token_given: session.given,
            fresh: !session.by_password && now.0 - session.created.0 < FRESH,
            actor: account.actor(),
        };
        Ok(Self { caller, revoked })
    }
}

/// Notes that a phone was heard from, and what it says about itself. Nobody waits for this.
fn note(parts: &Parts, state: &AppState, device: DeviceId, account: AccountId) {
    let said = |name: &str| parts.headers.get(name).and_then(|v| v.to_str().ok()).map(str::trim);
    let unsent = said(UNSENT).and_then(|v| v.parse::<u32>().ok());
    if !state.limits.worth_noting(device, account, unsent, state.now()) {
        return;
    }
    let app = said(APP).filter(|v| !v.is_empty() && v.len() <= LONGEST_BUILD).map(str::to_owned);
    state.store.heard_from(device, account, unsent, app);
}
