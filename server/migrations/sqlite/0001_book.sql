-- The book of Sổ Liên Hệ on SQLite. Times are ms since 1970 UTC, ids are UUIDs (16 bytes), days are yyyy-mm-dd.
-- The stream (the ward of a unit) is the first column of the keys of everything that grows, so that the tables can be spread by ward.

-- What belongs to the whole database: the epoch, which changes when a backup is restored.
create table meta (
  name text not null,
  value text not null,
  constraint meta_pk primary key (name)
) strict;

-- The counter of a stream. Its row is updated in the transaction that uses the numbers, so that commit order is number order.
create table stream (
  stream blob not null,
  seq integer not null,
  constraint stream_pk primary key (stream),
  constraint stream_seq_positive check (seq >= 0)
) strict;

-- The units, a tree; body is domain::unit::Unit. Small, held in memory by every process.
create table unit (
  id blob not null,
  parent blob,
  body text not null,
  constraint unit_pk primary key (id)
) strict;

-- Those who can sign in. member: the member of the register that this account belongs to.
create table account (
  id blob not null,
  name text not null,
  member blob,
  disabled integer not null default 0,
  constraint account_pk primary key (id),
  constraint account_member_once unique (member)
) strict;

-- Roles on units, with first and last day.
create table grant_ (
  account blob not null,
  role text not null,
  unit blob not null,
  from_day text,
  to_day text,
  constraint grant_pk primary key (account, role, unit),
  constraint grant_account_fk foreign key (account) references account (id),
  constraint grant_unit_fk foreign key (unit) references unit (id)
) strict;
create index grant_by_unit on grant_ (unit);

-- Phones and browsers. token: hash of the cookie that tells a phone from another after signing out. unsent: what it last said.
create table device (
  id blob not null,
  name text not null,
  token blob,
  created integer not null,
  last_seen integer,
  unsent integer,
  constraint device_pk primary key (id),
  constraint device_token_once unique (token)
) strict;

-- Who has signed in on a device: an op is accepted only from one of these.
create table device_account (
  device blob not null,
  account blob not null,
  last_seen integer,
  constraint device_account_pk primary key (device, account),
  constraint device_account_device_fk foreign key (device) references device (id),
  constraint device_account_account_fk foreign key (account) references account (id)
) strict;
create index device_account_by_account on device_account (account);

-- Sessions: the hash of a random cookie, never the cookie.
create table session (
  hash blob not null,
  account blob not null,
  device blob not null,
  created integer not null,
  expires integer not null,
  constraint session_pk primary key (hash),
  constraint session_account_fk foreign key (account) references account (id),
  constraint session_device_fk foreign key (device) references device (id)
) strict;
create index session_by_expires on session (expires);

-- Enrolment codes: the hash of a code that signs in once (demo codes: as often as you like).
create table enrolment (
  hash blob not null,
  account blob not null,
  made_by blob,
  created integer not null,
  expires integer,
  used integer,
  reusable integer not null default 0,
  constraint enrolment_pk primary key (hash),
  constraint enrolment_account_fk foreign key (account) references account (id)
) strict;

-- The op log: the audit log and the truth. raw is the op byte for byte. verdict: applied, held, refused.
-- wait: what a held op waits for ("op:…", "meeting:…", "who:…", "notice:…"). role: the role in which an applied op counted.
create table op (
  stream blob not null,
  seq integer not null,
  id blob not null,
  dev blob not null,
  act blob not null,
  unit blob not null,
  kind text not null,
  raw text not null,
  verdict text not null,
  why text,
  wait text,
  role text,
  at integer not null,
  received integer not null,
  constraint op_pk primary key (stream, seq),
  constraint op_verdict check (verdict in ('applied', 'held', 'refused'))
) strict;
create unique index op_by_id on op (id);
create index op_by_wait on op (wait) where wait is not null;

-- Second bytes for a known id, and bytes that are no op but had a readable id: kept for a person to look at.
create table quarantine (
  id blob not null,
  hash blob not null,
  account blob not null,
  device blob not null,
  why text not null,
  raw text not null,
  received integer not null,
  constraint quarantine_pk primary key (id, hash)
) strict;

-- What the ops made: one row a thing and unit, as phones pull it. body is the domain type of the table as JSON.
-- owner: null = shared with everybody in the unit (unit, meeting, notice); else the member or account that it is about
-- (zero = nobody). gone: it left this unit. due: a notice that becomes public then.
create table record (
  stream blob not null,
  tbl text not null,
  id text not null,
  unit blob not null,
  owner blob,
  seq integer not null,
  gone integer not null default 0,
  due integer,
  body text not null,
  constraint record_pk primary key (stream, tbl, id, unit)
) strict;
create unique index record_by_seq on record (stream, seq);
create index record_by_id on record (tbl, id);
create index record_shared on record (stream, seq) where owner is null;
create index record_by_unit on record (stream, unit, seq) where owner is not null;
create index record_by_owner on record (stream, owner, seq) where owner is not null;
create index record_due on record (due) where due is not null;

-- Unfinished imports, 24 hours; body belongs to whoever imports.
create table draft (
  id blob not null,
  account blob not null,
  unit blob not null,
  saved integer not null,
  body blob not null,
  constraint draft_pk primary key (id),
  constraint draft_account_fk foreign key (account) references account (id)
) strict;
create index draft_by_saved on draft (saved);
