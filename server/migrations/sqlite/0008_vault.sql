-- What phones need to close what lies on them. seal_key: the server's keys to which phones seal ops; all are kept for ever, the newest is given out.
-- vault_part: the part of a phone's key that the server holds; gone when the phone is signed out from elsewhere.
create table seal_key (id integer primary key, secret blob not null, created integer not null) strict;
create table vault_part (device blob primary key references device (id), part blob not null, created integer not null) strict;
