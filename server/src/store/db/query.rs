//! A statement with its values, put to either database.

use super::{Db, Target, Trouble};
use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments as _, FromRow};
use std::marker::PhantomData;
use uuid::Uuid;

/// What a parameter can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) enum Value {
    Int(Option<i64>),
    Bool(bool),
    Text(Option<String>),
    Id(Option<Uuid>),
    Bytes(Option<Vec<u8>>),
}

/// PostgreSQL's text cannot hold U+0000, which JSON from outside can; both databases keep the same text.
fn text(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{FFFD}") } else { text }
}

macro_rules! value_from {
    ($($from:ty => |$v:ident| $value:expr;)*) => {
        $(impl From<$from> for Value {
            fn from($v: $from) -> Self {
                $value
            }
        })*
    };
}

value_from! {
    i64 => |v| Self::Int(Some(v));
    Option<i64> => |v| Self::Int(v);
    Option<u32> => |v| Self::Int(v.map(i64::from));
    bool => |v| Self::Bool(v);
    &str => |v| Self::Text(Some(text(v.to_owned())));
    &String => |v| Self::Text(Some(text(v.clone())));
    String => |v| Self::Text(Some(text(v)));
    Option<String> => |v| Self::Text(v.map(text));
    &Option<String> => |v| Self::Text(v.clone().map(text));
    Uuid => |v| Self::Id(Some(v));
    Option<Uuid> => |v| Self::Id(v);
    Vec<u8> => |v| Self::Bytes(Some(v));
    &Vec<u8> => |v| Self::Bytes(Some(v.clone()));
    Option<Vec<u8>> => |v| Self::Bytes(v);
}

macro_rules! arguments {
    ($name:ident, $arguments:ty) => {
        fn $name(values: Vec<Value>) -> Result<$arguments, sqlx::Error> {
            let mut arguments = <$arguments>::default();
            for value in values {
                match value {
                    Value::Int(v) => arguments.add(v),
                    Value::Bool(v) => arguments.add(v),
                    Value::Text(v) => arguments.add(v),
                    Value::Id(v) => arguments.add(v),
                    Value::Bytes(v) => arguments.add(v),
                }
                .map_err(sqlx::Error::Encode)?;
            }
            Ok(arguments)
        }
    };
}

arguments!(for_sqlite, SqliteArguments);
arguments!(for_postgres, PgArguments);

/// Writes one row with values that are as they shall be.
pub(in crate::store) async fn insert(
    sql: &'static str,
    values: Vec<Value>,
    to: &mut sqlx::PgConnection,
) -> Result<(), sqlx::Error> {
    sqlx::query_with(sql, for_postgres(values)?).execute(to).await.map(drop)
}

/// The same expression for each kind of connection; keeps what an error says about a PostgreSQL transaction.
macro_rules! put_to {
    ($db:expr, $values:expr, |$arguments:ident, $to:ident| $ask:expr) => {
        match $db.target() {
            Target::SqlitePool($to) => {
                let $arguments = for_sqlite($values)?;
                $ask
            }
            Target::Sqlite($to) => {
                let $arguments = for_sqlite($values)?;
                $ask
            }
            Target::PostgresPool($to) => {
                let $arguments = for_postgres($values)?;
                $ask
            }
            Target::Postgres($to, trouble) => {
                let $arguments = for_postgres($values)?;
                let answer = $ask;
                if let Err(error) = &answer {
                    *trouble = (*trouble).max(Trouble::of(error));
                }
                answer
            }
        }
    };
}

/// A row as a tuple, from either database.
pub(in crate::store) trait Tuple:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static
{
}
impl<T> Tuple for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static {}

/// A statement that gives no rows.
#[must_use]
pub(in crate::store) struct Query {
    sql: &'static str,
    values: Vec<Value>,
}

/// A statement; see [`Query::execute`].
pub(in crate::store) const fn query(sql: &'static str) -> Query {
    Query { sql, values: Vec::new() }
}

impl Query {
    /// The next parameter.
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }
    /// Runs it; gives how many rows it touched.
    pub async fn execute<'c>(self, db: impl Db<'c>) -> Result<u64, sqlx::Error> {
        let Self { sql, values } = self;
        put_to!(db, values, |arguments, to| sqlx::query_with(sql, arguments)
            .execute(to)
            .await
            .map(|done| done.rows_affected()))
    }
}

/// A question whose answers are tuples.
#[must_use]
pub(in crate::store) struct QueryAs<T> {
    sql: &'static str,
    values: Vec<Value>,
    rows: PhantomData<fn() -> T>,
}

/// A question.
pub(in crate::store) const fn query_as<T: Tuple>(sql: &'static str) -> QueryAs<T> {
    QueryAs { sql, values: Vec::new(), rows: PhantomData }
}

impl<T: Tuple> QueryAs<T> {
    /// The next parameter.
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }
    /// At most one row.
    pub async fn fetch_optional<'c>(self, db: impl Db<'c>) -> Result<Option<T>, sqlx::Error> {
        let Self { sql, values, .. } = self;
        put_to!(db, values, |arguments, to| sqlx::query_as_with(sql, arguments).fetch_optional(to).await)
    }
    /// Exactly one row.
    pub async fn fetch_one<'c>(self, db: impl Db<'c>) -> Result<T, sqlx::Error> {
        self.fetch_optional(db).await?.ok_or(sqlx::Error::RowNotFound)
    }
    /// All rows.
    pub async fn fetch_all<'c>(self, db: impl Db<'c>) -> Result<Vec<T>, sqlx::Error> {
        let Self { sql, values, .. } = self;
        put_to!(db, values, |arguments, to| sqlx::query_as_with(sql, arguments).fetch_all(to).await)
    }
    /// Row by row. For reading only: an error in the middle says nothing to the writer's transaction.
    pub fn fetch<'c>(self, db: impl Db<'c>) -> BoxStream<'c, Result<T, sqlx::Error>> {
        let Self { sql, values, .. } = self;
        let target = db.target();
        let stream = match target {
            Target::SqlitePool(to) => for_sqlite(values).map(|arguments| sqlx::query_as_with(sql, arguments).fetch(to)),
            Target::Sqlite(to) => for_sqlite(values).map(|arguments| sqlx::query_as_with(sql, arguments).fetch(to)),
            Target::PostgresPool(to) => {
                for_postgres(values).map(|arguments| sqlx::query_as_with(sql, arguments).fetch(to))
            }
            Target::Postgres(to, _) => {
                for_postgres(values).map(|arguments| sqlx::query_as_with(sql, arguments).fetch(to))
            }
        };
        stream.unwrap_or_else(|error| futures::stream::once(async { Err(error) }).boxed())
    }
}

/// A question whose answers are single values.
#[must_use]
pub(in crate::store) struct QueryScalar<T>(QueryAs<(T,)>);

/// A question for single values.
pub(in crate::store) const fn query_scalar<T>(sql: &'static str) -> QueryScalar<T>
where
    (T,): Tuple,
{
    QueryScalar(query_as(sql))
}

impl<T> QueryScalar<T>
where
    (T,): Tuple,
{
    /// The next parameter.
    pub fn bind(self, value: impl Into<Value>) -> Self {
        Self(self.0.bind(value))
    }
    /// At most one.
    pub async fn fetch_optional<'c>(self, db: impl Db<'c>) -> Result<Option<T>, sqlx::Error> {
        Ok(self.0.fetch_optional(db).await?.map(|(value,)| value))
    }
    /// Exactly one.
    pub async fn fetch_one<'c>(self, db: impl Db<'c>) -> Result<T, sqlx::Error> {
        Ok(self.0.fetch_one(db).await?.0)
    }
    /// All.
    pub async fn fetch_all<'c>(self, db: impl Db<'c>) -> Result<Vec<T>, sqlx::Error> {
        Ok(self.0.fetch_all(db).await?.into_iter().map(|(value,)| value).collect())
    }
    /// One by one; see [`QueryAs::fetch`].
    pub fn fetch<'c>(self, db: impl Db<'c>) -> BoxStream<'c, Result<T, sqlx::Error>>
    where
        T: Send + 'c,
    {
        self.0.fetch(db).map_ok(|(value,)| value).boxed()
    }
}
