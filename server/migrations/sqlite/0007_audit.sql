-- The op log as a chain. chain: SHA-256 over the chain value of the line before it in its stream and over what this line says; head: that of the
-- stream's last line. Filled for older lines when the server starts. body_hash: SHA-256 of raw, kept when the body itself was deleted.
alter table stream add column head blob;
alter table op add column chain blob;
alter table op add column body_hash blob;

-- A held op that was decided anew: a line of its own in the chain of its stream, because the op's line must not change.
-- was, was_why: how it stood before.
create table ruling (
  stream blob not null,
  seq integer not null,
  op blob not null,
  was text not null,
  was_why text,
  verdict text not null,
  why text,
  role text,
  at integer not null,
  chain blob not null,
  constraint ruling_pk primary key (stream, seq)
) strict;
create index ruling_by_op on ruling (op);

-- What is no op and can be traced all the same: who was given which people's data, and what administrators changed. A chain of its own, so
-- that nobody who reads waits for those who check in. unit: whose; member: the one person it is about, if it is one; subject: the account
-- that was changed; number: how many people; note: what else, never a name.
create table trail (
  stream blob not null,
  seq integer not null,
  at integer not null,
  account blob not null,
  device blob not null,
  what text not null,
  unit blob not null,
  member blob,
  subject blob,
  number integer,
  note text,
  chain blob not null,
  constraint trail_pk primary key (stream, seq)
) strict;
create index trail_by_member on trail (member, at) where member is not null;
create index trail_by_unit on trail (unit, at);

-- The last line of a trail, and the chain value before the first one that is still kept (null: none was deleted).
create table trail_head (
  stream blob not null,
  seq integer not null,
  head blob not null,
  floor blob,
  constraint trail_head_pk primary key (stream)
) strict;
