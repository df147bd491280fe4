//! What is not seen from outside: that no table and no column is forgotten, and that a difference is noticed.

use super::super::tests::{cluster, filled_sqlite};
use super::tables::{Kind, TABLES};
use super::{Sum, migrate_to_postgres};
use crate::backup::{folder, make::Plan, restore::restore};
use crate::store::db::{Value, postgres_options, sqlite_options};
use crate::store::{Address, Store, system_clock};
use sqlx::{ConnectOptions as _, Row as _};

#[tokio::test]
async fn no_table_and_no_column_is_forgotten() {
    let place = filled_sqlite().await;
    let Address::Sqlite(path) = &place.address else { unreachable!() };
    let mut conn = sqlite_options(path).connect().await.unwrap();
    let sql = "select m.name, c.name, c.type from sqlite_schema m, pragma_table_info(m.name) c
        where m.type = 'table' and m.name not like 'sqlite_%' and m.name not like '_sqlx%' order by m.name, c.cid";
    let rows = sqlx::query(sql).fetch_all(&mut conn).await.unwrap();
    let mut columns: Vec<(String, String)> = rows.iter().map(|r| (r.get(0), r.get(1))).collect();
    for table in &TABLES {
        let (_, list) = table.select.split_once("select ").unwrap();
        let (list, _) = list.split_once(" from ").unwrap();
        let names: Vec<&str> = list.split(", ").collect();
        assert_eq!(names.len(), table.kinds.len());
        assert!(table.insert.contains(&format!("({list})")), "{}", table.insert);
        let of_table: Vec<String> =
            columns.extract_if(.., |(name, _)| name == table.name).map(|(_, column)| column).collect();
        assert_eq!(of_table, names, "{}", table.name);
    }
    assert!(columns.is_empty(), "{columns:?}");
    assert!(TABLES.iter().any(|t| t.kinds.contains(&Kind::Bytes)));
}

#[test]
fn a_digest_tells_values_apart() {
    let digest = |values: &[Value]| {
        let mut sum = Sum::default();
        sum.add(values);
        sum.of(&TABLES[0]).digest
    };
    let text = |t: &str| Value::Text(Some(t.to_owned()));
    assert_ne!(digest(&[text("ab"), text("c")]), digest(&[text("a"), text("bc")]));
    assert_ne!(digest(&[Value::Text(None)]), digest(&[text("")]));
    assert_ne!(digest(&[Value::Int(Some(1))]), digest(&[Value::Int(Some(2))]));
}

#[tokio::test]
async fn a_row_that_changes_on_the_way_stops_everything() {
    let place = filled_sqlite().await;
    let Address::Sqlite(path) = &place.address else { unreachable!() };
    let url = cluster::database();
    // The tables are there, empty, and one of them changes what is written into it.
    let store =
        Store::connect(&Address::Postgres(url.clone()), crate::store::tests::keys(), system_clock()).await.unwrap();
    store.close().await;
    let mut conn = postgres_options(&url).unwrap().connect().await.unwrap();
    let spoil = "delete from meta;
        create function spoil() returns trigger language plpgsql as $$ begin new.body = replace(new.body, 'Chi', 'chi'); return new; end $$;
        create trigger spoil before insert on unit for each row execute function spoil()";
    sqlx::raw_sql(spoil).execute(&mut conn).await.unwrap();
    let error = migrate_to_postgres(path, &url).await.unwrap_err();
    assert!(error.to_string().contains("differs after copying"), "{error:#}");
    for table in &TABLES {
        let rows: i64 = sqlx::query_scalar(table.count).fetch_one(&mut conn).await.unwrap();
        assert_eq!(rows, 0, "{}", table.name);
    }
}

/// A backup of a PostgreSQL database is a file like any other backup: it can be looked at, restored, and moved into an empty database again.
#[tokio::test]
async fn a_backup_of_postgresql_goes_all_the_way_round() {
    let place = filled_sqlite().await;
    let Address::Sqlite(path) = &place.address else { unreachable!() };
    let url = cluster::database();
    let there = migrate_to_postgres(path, &url).await.unwrap();
    let (backups, fresh) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let database = Address::Postgres(url.clone());
    // While it is in use.
    let store = Store::connect(&database, crate::store::tests::keys(), system_clock()).await.unwrap();
    let plan = Plan { database: database.clone(), keys: None, folder: backups.path().to_owned(), keep: 1 };
    let made = plan.run(store.now()).await.unwrap();
    assert!(made.frees_phones());
    assert_eq!(made.manifest.epoch, store.epoch());
    assert_eq!(made.manifest.ops(), there.iter().find(|t| t.table == "op").unwrap().rows);
    let heads = made.manifest.heads();
    assert!(!heads.is_empty());
    assert!(crate::store::note_safe_in(&database, store.epoch(), &heads).await.unwrap());
    store.refresh_safe().await.unwrap();
    assert_eq!(store.safe_seqs(heads.keys().copied()), heads);
    store.close().await;
    folder::check(&made.copy, &made.manifest).unwrap();
    // And back: a file with a new epoch, which an empty database takes.
    let file = fresh.path().join("book.db");
    let done = restore(&made.copy, &file, false, store.now()).await.unwrap();
    assert_eq!(crate::store::verify(&Address::Sqlite(file.clone())).await.unwrap().differs, Vec::<String>::new());
    let again = cluster::database();
    let back = migrate_to_postgres(&file, &again).await.unwrap();
    for (table, before) in back.iter().zip(&there).filter(|(t, _)| t.table != "meta") {
        assert_eq!(table, before);
    }
    let store = Store::connect(&Address::Postgres(again), crate::store::tests::keys(), system_clock()).await.unwrap();
    assert_eq!(store.epoch(), done.epoch, "phones will notice");
    store.close().await;
}
