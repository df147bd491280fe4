-- The op log as a chain. chain: SHA-256 over the chain value of the line before it in its stream and over what this line says; head: that of the
-- stream's last line. Filled for older lines when the server starts. body_hash: SHA-256 of raw, kept when the body itself was deleted.
alter table stream add column head bytea;
alter table op add column chain bytea;
alter table op add column body_hash bytea;

-- A held op that was decided anew: a line of its own in the chain of its stream, because the op's line must not change.
-- was, was_why: how it stood before.
create table ruling (
  stream uuid not null,
  seq bigint not null,
  op uuid not null,
  was text collate "C" not null,
  was_why text collate "C",
  verdict text collate "C" not null,
  why text collate "C",
  role text collate "C",
  at bigint not null,
  chain bytea not null,
  constraint ruling_pk primary key (stream, seq)
);
create index ruling_by_op on ruling (op);

-- What is no op and can be traced all the same: who was given which people's data, and what administrators changed. A chain of its own, so
-- that nobody who reads waits for those who check in. unit: whose; member: the one person it is about, if it is one; subject: the account
-- that was changed; number: how many people; note: what else, never a name.
create table trail (
  stream uuid not null,
  seq bigint not null,
  at bigint not null,
  account uuid not null,
  device uuid not null,
  what text collate "C" not null,
  unit uuid not null,
  member uuid,
  subject uuid,
  number bigint,
  note text collate "C",
  chain bytea not null,
  constraint trail_pk primary key (stream, seq)
);
create index trail_by_member on trail (member, at) where member is not null;
create index trail_by_unit on trail (unit, at);

-- The last line of a trail, and the chain value before the first one that is still kept (null: none was deleted).
create table trail_head (
  stream uuid not null,
  seq bigint not null,
  head bytea not null,
  floor bytea,
  constraint trail_head_pk primary key (stream)
);
