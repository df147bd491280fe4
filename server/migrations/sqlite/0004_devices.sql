-- Phones that get lost: which build of the app a phone last said, and sessions that were ended from elsewhere. Such a session stays, so that its
-- phone hears of it and may still deliver what waits there; revoked: when, revoked_by: the account that did it.
-- prefixed: its cookie was given under the name that browsers take from this very host over https only; no other name is taken for it.
alter table device add column app text;
alter table session add column revoked integer;
alter table session add column revoked_by blob;
alter table session add column prefixed integer not null default 0;
create index session_by_device on session (device, account);
