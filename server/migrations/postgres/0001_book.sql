-- The book of Sổ Liên Hệ on PostgreSQL: the same tables as migrations/sqlite/0001_book.sql, in PostgreSQL's types. Times are ms since
-- 1970 UTC, days are yyyy-mm-dd. Text compares byte by byte (collate "C"), so that ranges of ids are what they are on SQLite.
-- The stream (the ward of a unit) is the first column of the keys of everything that grows, so that the tables can be spread by ward;
-- docs/postgres.md says what that takes.

-- What belongs to the whole database: the epoch, which changes when a backup is restored.
create table meta (
  name text collate "C" not null,
  value text collate "C" not null,
  constraint meta_pk primary key (name)
);

-- The counter of a stream. Its row is updated in the transaction that uses the numbers, so that commit order is number order.
create table stream (
  stream uuid not null,
  seq bigint not null,
  constraint stream_pk primary key (stream),
  constraint stream_seq_positive check (seq >= 0)
)
-- Updated at every commit: room for new versions of a row on its own page.
with (fillfactor = 50);

-- The units, a tree; body is domain::unit::Unit. Small, held in memory by every process.
create table unit (
  id uuid not null,
  parent uuid,
  body text collate "C" not null,
  constraint unit_pk primary key (id)
);

-- Those who can sign in. member: the member of the register that this account belongs to.
create table account (
  id uuid not null,
  name text collate "C" not null,
  member uuid,
  disabled boolean not null default false,
  constraint account_pk primary key (id),
  constraint account_member_once unique (member)
);

-- Roles on units, with first and last day.
create table grant_ (
  account uuid not null,
  role text collate "C" not null,
  unit uuid not null,
  from_day text collate "C",
  to_day text collate "C",
  constraint grant_pk primary key (account, role, unit),
  constraint grant_account_fk foreign key (account) references account (id),
  constraint grant_unit_fk foreign key (unit) references unit (id)
);
create index grant_by_unit on grant_ (unit);

-- Phones and browsers. token: hash of the cookie that tells a phone from another after signing out. unsent: what it last said.
create table device (
  id uuid not null,
  name text collate "C" not null,
  token bytea,
  created bigint not null,
  last_seen bigint,
  unsent bigint,
  constraint device_pk primary key (id),
  constraint device_token_once unique (token)
);

-- Who has signed in on a device: an op is accepted only from one of these.
create table device_account (
  device uuid not null,
  account uuid not null,
  last_seen bigint,
  constraint device_account_pk primary key (device, account),
  constraint device_account_device_fk foreign key (device) references device (id),
  constraint device_account_account_fk foreign key (account) references account (id)
);
create index device_account_by_account on device_account (account);

-- Sessions: the hash of a random cookie, never the cookie.
create table session (
  hash bytea not null,
  account uuid not null,
  device uuid not null,
  created bigint not null,
  expires bigint not null,
  constraint session_pk primary key (hash),
  constraint session_account_fk foreign key (account) references account (id),
  constraint session_device_fk foreign key (device) references device (id)
);
create index session_by_expires on session (expires);

-- Enrolment codes: the hash of a code that signs in once (demo codes: as often as you like).
create table enrolment (
  hash bytea not null,
  account uuid not null,
  made_by uuid,
  created bigint not null,
  expires bigint,
  used bigint,
  reusable boolean not null default false,
  constraint enrolment_pk primary key (hash),
  constraint enrolment_account_fk foreign key (account) references account (id)
);

-- The op log: the audit log and the truth. raw is the op byte for byte. verdict: applied, held, refused.
-- wait: what a held op waits for ("op:…", "meeting:…", "who:…", "notice:…"). role: the role in which an applied op counted.
create table op (
  stream uuid not null,
  seq bigint not null,
  id uuid not null,
  dev uuid not null,
  act uuid not null,
  unit uuid not null,
  kind text collate "C" not null,
  raw text collate "C" not null,
  verdict text collate "C" not null,
  why text collate "C",
  wait text collate "C",
  role text collate "C",
  at bigint not null,
  received bigint not null,
  constraint op_pk primary key (stream, seq),
  constraint op_verdict check (verdict in ('applied', 'held', 'refused'))
);
-- De-duplication by id alone. A table spread by stream cannot have it: see docs/postgres.md.
create unique index op_by_id on op (id);
create index op_by_wait on op (wait) where wait is not null;

-- Second bytes for a known id, and bytes that are no op but had a readable id: kept for a person to look at.
create table quarantine (
  id uuid not null,
  hash bytea not null,
  account uuid not null,
  device uuid not null,
  why text collate "C" not null,
  raw text collate "C" not null,
  received bigint not null,
  constraint quarantine_pk primary key (id, hash)
);

-- What the ops made: one row a thing and unit, as phones pull it. body is the domain type of the table as JSON.
-- owner: null = shared with everybody in the unit (unit, meeting, notice); else the member or account that it is about
-- (zero = nobody). gone: it left this unit. due: a notice that becomes public then.
create table record (
  stream uuid not null,
  tbl text collate "C" not null,
  id text collate "C" not null,
  unit uuid not null,
  owner uuid,
  seq bigint not null,
  gone boolean not null default false,
  due bigint,
  body text collate "C" not null,
  constraint record_pk primary key (stream, tbl, id, unit)
);
create unique index record_by_seq on record (stream, seq);
create index record_by_id on record (tbl, id);
create index record_shared on record (stream, seq) where owner is null;
create index record_by_unit on record (stream, unit, seq) where owner is not null;
create index record_by_owner on record (stream, owner, seq) where owner is not null;
create index record_due on record (due) where due is not null;

-- Unfinished imports, 24 hours; body belongs to whoever imports.
create table draft (
  id uuid not null,
  account uuid not null,
  unit uuid not null,
  saved bigint not null,
  body bytea not null,
  constraint draft_pk primary key (id),
  constraint draft_account_fk foreign key (account) references account (id)
);
create index draft_by_saved on draft (saved);
