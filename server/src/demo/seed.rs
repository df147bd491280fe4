//! Hands the demo to the store.

use super::{crowd, demo};
use crate::store::{Account, Device, Enrolment, Seed, Store, StoreError};
use domain::time::Millis;

/// Fills an empty store with the demo as of a moment, in one transaction. `more_cells`: for load tests, see [`crowd`].
pub async fn seed(store: &Store, now: Millis, more_cells: u16) -> Result<(), StoreError> {
    let made = demo(now);
    let ward = made.ward();
    let enrolments = made.accounts.iter().filter_map(|a| {
        let code = a.code?.to_owned();
        Some(Enrolment { code, account: a.id, expires: None, reusable: true, made_by: None })
    });
    let devices = made.devices.iter().map(|d| Device {
        id: d.id,
        name: d.name.clone(),
        account: d.account,
        account_name: String::new(),
        member: None,
        cell: None,
        last_seen: Some(d.last_seen),
        unsent: d.unsent,
    });
    let mut seed = Seed {
        enrolments: enrolments.collect(),
        devices: devices.collect(),
        units: made.units,
        accounts: made
            .accounts
            .into_iter()
            .map(|a| Account { id: a.id, name: a.name, member: a.member, grants: a.grants })
            .collect(),
        log: made.ops.into_iter().map(|o| (o.op, o.at)).collect(),
        ..Seed::default()
    };
    crowd::add(&mut seed, ward, more_cells, now);
    store.seed(seed).await
}
