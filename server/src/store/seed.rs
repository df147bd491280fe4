//! Filling an empty book: demo data, tests; and writing one unit. One transaction; ops go through `decide` like any other.

use super::accounts::{self, Account, Device, Enrolment};
use super::db::{query, query_scalar};
use super::push::made_here;
use super::records;
use super::tx::Tx;
use super::{Store, StoreError};
use domain::decide::Why;
use domain::id::{AccountId, UnitId};
use domain::ledger::{Put, take};
use domain::op::{Body, Op};
use domain::time::Millis;
use domain::unit::Unit;
use domain::wire::Ruling;
use std::sync::Arc;
use uuid::Uuid;

/// What to write, in this order.
#[derive(Clone, Debug, Default)]
pub struct Seed {
    /// Units, those above first.
    pub units: Vec<Unit>,
    /// Accounts.
    pub accounts: Vec<Account>,
    /// Codes.
    pub enrolments: Vec<Enrolment>,
    /// Phones.
    pub devices: Vec<Device>,
    /// Ops, each decided as at its own time.
    pub ops: Vec<SeedOp>,
    /// Ops that exist already (they name each other by id), each with its time; taken as they are, after `ops`.
    pub log: Vec<(Op, Millis)>,
}

/// An op to make.
#[derive(Clone, Debug)]
pub struct SeedOp {
    /// In whose name.
    pub actor: AccountId,
    /// In whose book.
    pub unit: UnitId,
    /// What.
    pub body: Body,
    /// When.
    pub at: Millis,
}

impl Store {
    /// Writes all of it or nothing.
    pub async fn seed(&self, seed: Seed) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                for unit in &seed.units {
                    put_unit(tx, unit).await?;
                }
                for account in &seed.accounts {
                    accounts::insert_account(tx, account).await?;
                }
                for enrolment in &seed.enrolments {
                    accounts::insert_enrolment(tx, enrolment).await?;
                }
                for device in &seed.devices {
                    accounts::insert_device(tx, device, None).await?;
                }
                let (writer, real_now) = (Uuid::new_v4(), tx.now);
                for (index, (n, it)) in (1u32..).zip(&seed.ops).enumerate() {
                    tx.now = it.at.min(real_now);
                    let op = made_here(it.actor, it.unit, &it.body, it.at, writer, n);
                    let result = take(tx, &op, &op.encode(), it.at).await?;
                    if result.r != Ruling::Applied {
                        return Err(StoreError::Rejected { index, why: result.why.unwrap_or(Why::Other) });
                    }
                }
                for (index, (op, at)) in seed.log.iter().enumerate() {
                    tx.now = (*at).min(real_now);
                    let result = take(tx, op, &op.encode(), *at).await?;
                    if result.r != Ruling::Applied {
                        return Err(StoreError::Rejected { index, why: result.why.unwrap_or(Why::Other) });
                    }
                }
                tx.now = real_now;
                records::publish_due(tx).await?;
                Ok(())
            })
        })
        .await
    }
}

/// Adds or replaces a unit.
pub(super) async fn put_unit(tx: &mut Tx, unit: &Unit) -> Result<(), StoreError> {
    let body = records::json("unit", unit)?;
    query(
        "insert into unit (id, parent, body) values ($1, $2, $3)
         on conflict (id) do update set parent = excluded.parent, body = excluded.body",
    )
    .bind(unit.id.0)
    .bind(unit.parent.map(|p| p.0))
    .bind(&body)
    .execute(&mut tx.conn)
    .await?;
    let version: String = query_scalar(
        "insert into meta (name, value) values ('units', '1')
         on conflict (name) do update set value = cast(cast(meta.value as bigint) + 1 as text) returning value",
    )
    .fetch_one(&mut tx.conn)
    .await?;
    tx.units_version = version.parse().map_err(|_| StoreError::Unreadable("version of the units"))?;
    let mut units = (*tx.units).clone();
    units.put(unit.clone());
    tx.units = Arc::new(units);
    let id = unit.id.to_string();
    records::put(
        tx,
        Put { table: "unit", id: &id, unit: unit.id, owner: None, seq: None, due: None, body: Some(body) },
    )
    .await?;
    Ok(())
}
