//! The tables in an order in which references exist before they are used, with the same statements for both databases.

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Int,
    Bool,
    Text,
    Id,
    Bytes,
}
use Kind::{Bool, Bytes, Id, Int, Text};

/// How a table is counted, read in the order of its key, and written.
pub(super) struct Table {
    pub name: &'static str,
    pub kinds: &'static [Kind],
    pub count: &'static str,
    pub select: &'static str,
    pub insert: &'static str,
}

/// Every table.
pub(super) const TABLES: [Table; 24] = [
    Table {
        name: "meta",
        kinds: &[Text, Text],
        count: "select count(*) from meta",
        select: "select name, value from meta order by name",
        insert: "insert into meta (name, value) values ($1, $2)",
    },
    Table {
        name: "stream",
        kinds: &[Id, Int, Bytes],
        count: "select count(*) from stream",
        select: "select stream, seq, head from stream order by stream",
        insert: "insert into stream (stream, seq, head) values ($1, $2, $3)",
    },
    Table {
        name: "unit",
        kinds: &[Id, Id, Text],
        count: "select count(*) from unit",
        select: "select id, parent, body from unit order by id",
        insert: "insert into unit (id, parent, body) values ($1, $2, $3)",
    },
    Table {
        name: "account",
        kinds: &[Id, Text, Id, Bool],
        count: "select count(*) from account",
        select: "select id, name, member, disabled from account order by id",
        insert: "insert into account (id, name, member, disabled) values ($1, $2, $3, $4)",
    },
    Table {
        name: "grant_",
        kinds: &[Id, Text, Id, Text, Text],
        count: "select count(*) from grant_",
        select: "select account, role, unit, from_day, to_day from grant_ order by account, role, unit",
        insert: "insert into grant_ (account, role, unit, from_day, to_day) values ($1, $2, $3, $4, $5)",
    },
    Table {
        name: "deputy",
        kinds: &[Id, Text, Id, Text, Int, Id],
        count: "select count(*) from deputy",
        select: "select account, meeting, unit, to_day, given, given_by from deputy order by account, meeting",
        insert: "insert into deputy (account, meeting, unit, to_day, given, given_by) values ($1, $2, $3, $4, $5, $6)",
    },
    Table {
        name: "device",
        kinds: &[Id, Text, Bytes, Int, Int, Int, Text],
        count: "select count(*) from device",
        select: "select id, name, token, created, last_seen, unsent, app from device order by id",
        insert: "insert into device (id, name, token, created, last_seen, unsent, app) values ($1, $2, $3, $4, $5, $6, $7)",
    },
    Table {
        name: "device_account",
        kinds: &[Id, Id, Int],
        count: "select count(*) from device_account",
        select: "select device, account, last_seen from device_account order by device, account",
        insert: "insert into device_account (device, account, last_seen) values ($1, $2, $3)",
    },
    Table {
        name: "session",
        kinds: &[Bytes, Id, Id, Int, Int, Int, Id, Bool, Int, Bytes, Int, Bool],
        count: "select count(*) from session",
        select: "select hash, account, device, created, expires, revoked, revoked_by, prefixed, turned, replaces, replaced, by_password from session order by hash",
        insert: "insert into session (hash, account, device, created, expires, revoked, revoked_by, prefixed, turned, replaces, replaced, by_password) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    },
    Table {
        name: "enrolment",
        kinds: &[Bytes, Id, Id, Int, Int, Int, Bool, Bool, Id],
        count: "select count(*) from enrolment",
        select: "select hash, account, made_by, created, expires, used, reusable, slip, made_on from enrolment order by hash",
        insert: "insert into enrolment (hash, account, made_by, created, expires, used, reusable, slip, made_on) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    },
    Table {
        name: "login",
        kinds: &[Id, Text, Text, Bytes, Bytes, Int, Int],
        count: "select count(*) from login",
        select: "select account, name, password, totp, pending, step, since from login order by account",
        insert: "insert into login (account, name, password, totp, pending, step, since) values ($1, $2, $3, $4, $5, $6, $7)",
    },
    Table {
        name: "rescue",
        kinds: &[Bytes, Id, Int, Int],
        count: "select count(*) from rescue",
        select: "select hash, account, created, used from rescue order by hash",
        insert: "insert into rescue (hash, account, created, used) values ($1, $2, $3, $4)",
    },
    Table {
        name: "attempt",
        kinds: &[Bytes, Id, Int, Int, Int],
        count: "select count(*) from attempt",
        select: "select who, device, wrong, next_at, last_at from attempt order by who, device",
        insert: "insert into attempt (who, device, wrong, next_at, last_at) values ($1, $2, $3, $4, $5)",
    },
    Table {
        name: "passkey",
        kinds: &[Id, Id, Bytes, Text, Bytes, Bytes, Bool, Int, Int, Int, Id],
        count: "select count(*) from passkey",
        select: "select id, account, credential, name, public, state, synced, created, used, copied, made_on from passkey order by id",
        insert: "insert into passkey (id, account, credential, name, public, state, synced, created, used, copied, made_on) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    },
    Table {
        name: "challenge",
        kinds: &[Bytes, Id, Bytes, Int],
        count: "select count(*) from challenge",
        select: "select id, account, kept, expires from challenge order by id",
        insert: "insert into challenge (id, account, kept, expires) values ($1, $2, $3, $4)",
    },
    Table {
        name: "op",
        kinds: &[Id, Int, Id, Id, Id, Id, Text, Text, Text, Text, Text, Text, Int, Int, Id, Int, Bytes, Bytes],
        count: "select count(*) from op",
        select: "select stream, seq, id, dev, act, unit, kind, raw, verdict, why, wait, role, at, received, w, n, chain, body_hash from op order by stream, seq",
        insert: "insert into op (stream, seq, id, dev, act, unit, kind, raw, verdict, why, wait, role, at, received, w, n, chain, body_hash) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
    },
    Table {
        name: "quarantine",
        kinds: &[Id, Bytes, Id, Id, Text, Text, Int],
        count: "select count(*) from quarantine",
        select: "select id, hash, account, device, why, raw, received from quarantine order by id, hash",
        insert: "insert into quarantine (id, hash, account, device, why, raw, received) values ($1, $2, $3, $4, $5, $6, $7)",
    },
    Table {
        name: "record",
        kinds: &[Id, Text, Text, Id, Id, Int, Bool, Int, Text],
        count: "select count(*) from record",
        select: "select stream, tbl, id, unit, owner, seq, gone, due, body from record order by stream, tbl, id, unit",
        insert: "insert into record (stream, tbl, id, unit, owner, seq, gone, due, body) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    },
    Table {
        name: "draft",
        kinds: &[Id, Id, Id, Int, Bytes],
        count: "select count(*) from draft",
        select: "select id, account, unit, saved, body from draft order by id",
        insert: "insert into draft (id, account, unit, saved, body) values ($1, $2, $3, $4, $5)",
    },
    Table {
        name: "seal_key",
        kinds: &[Int, Bytes, Int],
        count: "select count(*) from seal_key",
        select: "select id, secret, created from seal_key order by id",
        insert: "insert into seal_key (id, secret, created) values ($1, $2, $3)",
    },
    Table {
        name: "vault_part",
        kinds: &[Id, Bytes, Int],
        count: "select count(*) from vault_part",
        select: "select device, part, created from vault_part order by device",
        insert: "insert into vault_part (device, part, created) values ($1, $2, $3)",
    },
    Table {
        name: "ruling",
        kinds: &[Id, Int, Id, Text, Text, Text, Text, Text, Int, Bytes],
        count: "select count(*) from ruling",
        select: "select stream, seq, op, was, was_why, verdict, why, role, at, chain from ruling order by stream, seq",
        insert: "insert into ruling (stream, seq, op, was, was_why, verdict, why, role, at, chain) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    },
    Table {
        name: "trail",
        kinds: &[Id, Int, Int, Id, Id, Text, Id, Id, Id, Int, Text, Bytes],
        count: "select count(*) from trail",
        select: "select stream, seq, at, account, device, what, unit, member, subject, number, note, chain from trail order by stream, seq",
        insert: "insert into trail (stream, seq, at, account, device, what, unit, member, subject, number, note, chain) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    },
    Table {
        name: "trail_head",
        kinds: &[Id, Int, Bytes, Bytes],
        count: "select count(*) from trail_head",
        select: "select stream, seq, head, floor from trail_head order by stream",
        insert: "insert into trail_head (stream, seq, head, floor) values ($1, $2, $3, $4)",
    },
];
