//! The phones of all accounts with a role in a unit. It does not know who may see them: that is the API's question.

use super::db::query_as;
use super::{Store, StoreError};
use domain::device::{PhoneOf, UnitPhone};
use domain::id::{AccountId, DeviceId, MemberId, UnitId};
use domain::time::Millis;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Device: id, name, since, build, ops that waited; account: last contact, id, name, member, role; sessions that let in, when one was last ended.
type Row =
    (Uuid, String, i64, Option<String>, Option<i64>, Option<i64>, Uuid, String, Option<Uuid>, String, i64, Option<i64>);

impl Store {
    /// Phones of accounts with a role at a unit or below it, one a device and account, in no order. `members` false: only of those who hold more than a
    /// member's role there. `asking`: the phone that asks.
    pub async fn phones_in(&self, unit: UnitId, members: bool, asking: DeviceId) -> Result<Vec<UnitPhone>, StoreError> {
        let units = self.units();
        let mut within: Vec<UnitId> = units.iter().filter(|u| units.is_within(u.id, unit)).map(|u| u.id).collect();
        within.sort_unstable();
        let now = self.now();
        let mut conn = self.reader().snapshot().await?;
        let mut found: BTreeMap<(DeviceId, AccountId), UnitPhone> = BTreeMap::new();
        // Unit by unit, from an index: what other wards have costs nothing here.
        for granted in within {
            let rows: Vec<Row> = query_as(
                "select d.id, d.name, d.created, d.app, d.unsent, da.last_seen, a.id, a.name, a.member, g.role,
                   (select count(*) from session s
                    where s.device = d.id and s.account = a.id and s.revoked is null and s.expires > $1),
                   (select max(s.revoked) from session s where s.device = d.id and s.account = a.id)
                 from grant_ g
                 join account a on a.id = g.account
                 join device_account da on da.account = a.id
                 join device d on d.id = da.device
                 where g.unit = $2 and a.disabled = false",
            )
            .bind(now.0)
            .bind(granted.0)
            .fetch_all(&mut conn)
            .await?;
            for (id, name, first, app, unsent, last, account, person, member, role, sessions, signed_out) in rows {
                if !members && role == "member" {
                    continue;
                }
                let phone = PhoneOf {
                    id: DeviceId(id),
                    name,
                    first: Millis(first),
                    last: last.map(Millis),
                    unsent: unsent.and_then(|n| u32::try_from(n).ok()),
                    app,
                    this: DeviceId(id) == asking,
                    signed_in: sessions > 0,
                    signed_out: signed_out.map(Millis),
                };
                let member = member.map(MemberId);
                found.entry((DeviceId(id), AccountId(account))).or_insert(UnitPhone {
                    account: AccountId(account),
                    person,
                    member,
                    unit: granted,
                    phone,
                    locked: false,
                    ends: None,
                });
            }
        }
        Ok(found.into_values().collect())
    }
}
