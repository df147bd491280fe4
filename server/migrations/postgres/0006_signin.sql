-- Sign-in by name and password. name: small letters. password: argon2id as a PHC string. totp: the secret of the second factor; pending: one that
-- is not confirmed yet. step: the last time step of which a code was taken, so that none counts twice. since: when all of it was confirmed; null:
-- it lets nobody in yet.
create table login (
  account uuid not null,
  name text collate "C" not null,
  password text collate "C" not null,
  totp bytea,
  pending bytea,
  step bigint not null default 0,
  since bigint,
  constraint login_pk primary key (account),
  constraint login_name_once unique (name),
  constraint login_account_fk foreign key (account) references account (id)
);

-- Rescue codes: the hash of a code that stands in the place of the second factor, once.
create table rescue (
  hash bytea not null,
  account uuid not null,
  created bigint not null,
  used bigint,
  constraint rescue_pk primary key (hash),
  constraint rescue_account_fk foreign key (account) references account (id)
);
create index rescue_by_account on rescue (account);

-- Tries at a name and password that were not right, counted before they are looked at. who: hash of the name, which need not be anybody's. device: a
-- phone on which that account has signed in before; zero = all others together. next_at: no try before then. Forgotten a day after the last.
create table attempt (
  who bytea not null,
  device uuid not null,
  wrong bigint not null,
  next_at bigint not null,
  last_at bigint not null,
  constraint attempt_pk primary key (who, device)
);
create index attempt_by_last on attempt (last_at);

-- A session's cookie changes now and then. turned: when it was given in the place of the one of `replaces`, which is null once the browser has shown
-- this one. replaced: since then the browser has another one. by_password: name, password and second factor were given for it.
alter table session add column turned bigint;
alter table session add column replaces bytea;
alter table session add column replaced bigint;
alter table session add column by_password boolean not null default false;
create index session_by_replaces on session (replaces) where replaces is not null;

-- slip: a code for one's own drawer, which a new code does not end. made_on: the phone on which somebody made a code for himself.
alter table enrolment add column slip boolean not null default false;
alter table enrolment add column made_on uuid;
