//! How the databases find what is asked for: on a big book no statement reads a whole table that grows, but those that are meant to.

use super::{Place, statements};
use crate::store::Store;
use crate::store::db::{Address, postgres_options, sqlite_options};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Row as _};

/// What these say reads all on purpose, and seldom: the nightly comparison of rows and log, `verify`, backups, forgetting, a copy to another database.
const READ_ALL: [&str; 5] = ["refold.rs", "verify.rs", "backup.rs", "tables.rs", "forget.rs"];

/// Statements about the tables that grow.
fn asked() -> Vec<String> {
    let about = |sql: &str| sql.split_whitespace().any(|word| word == "op" || word == "record");
    let found: Vec<String> = statements::all()
        .into_iter()
        .filter(|(file, sql)| {
            about(sql)
                && (!sql.starts_with("insert") || sql.contains(" exists ("))
                && !READ_ALL.iter().any(|f| file.ends_with(f))
        })
        .map(|(_, sql)| sql)
        .collect();
    assert!(found.len() > 15, "{}", found.len());
    found
}

const RECORDS: &str = "insert into record (stream, tbl, id, unit, owner, seq, gone, due, body)
    select s, case n % 4 when 0 then 'meeting' when 1 then 'member' else 'presence' end, 'x' || n, s,
           case when n % 4 = 0 then null else s end, n, false, null, '{}'";
const OPS: &str = "insert into op (stream, seq, id, dev, act, unit, kind, raw, verdict, at, received, w, n)
    select s, n, i, s, s, s, 'attendance.present', '{}', 'applied', 0, 0, s, n";

/// How many parameters a statement has.
fn places(sql: &str) -> usize {
    (1..100).take_while(|n| sql.contains(&format!("${n}"))).count()
}

#[tokio::test]
async fn sqlite_uses_its_indexes() {
    let place = Place::sqlite();
    place.open().await.close().await;
    let Address::Sqlite(path) = &place.address else { unreachable!() };
    let mut conn = sqlite_options(path).connect().await.unwrap();
    let rows = "(with recursive k(n) as (select 1 union all select n + 1 from k where n < 4000),
        t(s) as (values (x'00000000000000000000000000000001'), (x'00000000000000000000000000000002'),
            (x'00000000000000000000000000000003')) select s, n, randomblob(16) as i from t, k)";
    for insert in [RECORDS, OPS] {
        sqlx::query(AssertSqlSafe(format!("{insert} from {rows}"))).execute(&mut conn).await.unwrap();
    }
    sqlx::query("analyze").execute(&mut conn).await.unwrap();
    for sql in asked().into_iter().filter(|sql| !sql.contains(" for update")) {
        let plan: Vec<SqliteRow> =
            sqlx::query(AssertSqlSafe(format!("explain query plan {sql}"))).fetch_all(&mut conn).await.unwrap();
        for step in plan.iter().map(|row| row.get::<String, _>("detail")) {
            let whole = ["SCAN op", "SCAN record"].iter().any(|s| step.starts_with(s))
                && !["op_held", "op_by_wait"].iter().any(|part| step.contains(part));
            assert!(!whole, "{sql}\n{step}");
        }
    }
}

#[tokio::test]
async fn postgres_uses_its_indexes() {
    let place = Place::postgres();
    let store: Store = place.open().await;
    store.close().await;
    let Address::Postgres(url) = &place.address else { unreachable!() };
    let mut conn = postgres_options(url).unwrap().connect().await.unwrap();
    let rows = "(select t.s, n, gen_random_uuid() as i
        from (select gen_random_uuid() as s from generate_series(1, 60)) t, generate_series(1, 300) as n) as r";
    for insert in [RECORDS, OPS] {
        sqlx::query(AssertSqlSafe(format!("{insert} from {rows}"))).execute(&mut conn).await.unwrap();
    }
    for prepare in ["analyze", "set plan_cache_mode = force_generic_plan"] {
        sqlx::query(prepare).execute(&mut conn).await.unwrap();
    }
    for (n, sql) in asked().into_iter().enumerate() {
        let count = places(&sql);
        let values = vec!["null"; count].join(", ");
        let execute =
            if count == 0 { format!("explain execute p{n}") } else { format!("explain execute p{n}({values})") };
        sqlx::raw_sql(AssertSqlSafe(format!("prepare p{n} as {sql}"))).execute(&mut conn).await.unwrap();
        let plan: Vec<PgRow> = sqlx::raw_sql(AssertSqlSafe(execute)).fetch_all(&mut conn).await.unwrap();
        let lines: Vec<String> = plan.iter().map(|row| row.get(0)).collect();
        let plan = lines.join("\n");
        for (n, line) in lines.iter().enumerate() {
            let whole = ["Seq Scan on op", "Seq Scan on record"].iter().any(|s| line.contains(s));
            let by_index = line.contains("Index")
                && line.contains("Scan")
                && !line.contains("op_held")
                && !line.contains("op_by_wait");
            let narrowed = lines.iter().skip(n + 1).take(2).any(|l| l.contains("Index Cond"));
            assert!(!whole && (!by_index || narrowed), "{sql}\n{plan}");
        }
    }
}

/// Prints how a grown database finds what is asked for, the first step of each statement.
pub(super) async fn show(address: &Address) {
    match address {
        Address::Sqlite(path) => {
            let mut conn = sqlite_options(path).connect().await.unwrap();
            for sql in asked().into_iter().filter(|sql| !sql.contains(" for update")) {
                let plan: Vec<SqliteRow> =
                    sqlx::query(AssertSqlSafe(format!("explain query plan {sql}"))).fetch_all(&mut conn).await.unwrap();
                let steps: Vec<String> = plan.iter().map(|row| row.get("detail")).collect();
                println!("  {:.70} → {}", sql.split_whitespace().collect::<Vec<_>>().join(" "), steps.join("; "));
            }
        }
        Address::Postgres(url) => {
            let mut conn = postgres_options(url).unwrap().connect().await.unwrap();
            sqlx::query("set plan_cache_mode = force_generic_plan").execute(&mut conn).await.unwrap();
            for (n, sql) in asked().into_iter().enumerate() {
                let count = places(&sql);
                let values = if count == 0 { String::new() } else { format!("({})", vec!["null"; count].join(", ")) };
                sqlx::raw_sql(AssertSqlSafe(format!("prepare p{n} as {sql}"))).execute(&mut conn).await.unwrap();
                let explain = AssertSqlSafe(format!("explain (costs off) execute p{n}{values}"));
                let plan: Vec<PgRow> = sqlx::raw_sql(explain).fetch_all(&mut conn).await.unwrap();
                let steps: Vec<String> = plan.iter().map(|row| row.get::<String, _>(0).trim().to_owned()).collect();
                println!("  {:.70} → {}", sql.split_whitespace().collect::<Vec<_>>().join(" "), steps.join("; "));
            }
        }
    }
}
