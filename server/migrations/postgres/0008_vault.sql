-- What phones need to close what lies on them. seal_key: the server's keys to which phones seal ops; all are kept for ever, the newest is given out.
-- vault_part: the part of a phone's key that the server holds; gone when the phone is signed out from elsewhere.
create table seal_key (id bigint primary key, secret bytea not null, created bigint not null);
create table vault_part (device uuid primary key references device (id), part bytea not null, created bigint not null);
