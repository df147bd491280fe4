//! The scope of a caller, with what only the database knows: whether a roll call of a ward's own meeting runs, and where a deputy's meeting
//! stands.

use super::db::query_scalar;
use super::records::parse;
use super::scope::Scope;
use super::{Account, Store, StoreError};
use domain::account::Role;
use domain::meeting::{Meeting, MeetingStatus};
use domain::time::Millis;

impl Store {
    /// What an account may pull now. A ward sees the names of its cells' members on the phone only while the roll of a meeting of its own is
    /// open: then it needs them, also without a network; at other times it reads reports. A deputy sees the names from the day on which he is named, so
    /// that the roll can be called in a hall without network, until the meeting is over.
    pub async fn scope(&self, account: &Account, now: Millis) -> Result<Scope, StoreError> {
        let units = self.units();
        let mut scope = Scope::of(account.id, account.member, &account.grants, &units, now);
        let today = now.day();
        for grant in account.grants.iter().filter(|g| g.role == Role::Ward && g.holds_on(today)) {
            let meetings: Vec<String> = query_scalar(
                "select body from record where stream = $1 and tbl = 'meeting' and unit = $2 and gone = false",
            )
            .bind(units.stream(grant.unit).0)
            .bind(grant.unit.0)
            .fetch_all(self.reader())
            .await?;
            let mut open = false;
            for body in &meetings {
                open |= parse::<Meeting>("meeting", body)?.status == MeetingStatus::Open;
            }
            if open {
                scope.names.extend(units.iter().filter(|u| units.is_within(u.id, grant.unit)).map(|u| u.id));
            }
        }
        for grant in account.grants.iter().filter(|g| g.holds_on(today)) {
            let Some(meeting) = grant.meeting else { continue };
            if let Some(meeting) = self.meeting(meeting).await? {
                scope.stand_in(grant, &meeting, &units, now);
            }
        }
        Ok(scope)
    }
}
