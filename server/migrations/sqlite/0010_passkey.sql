-- Passkeys. passkey: what one is known and checked by; `state` changes with each use, `public` never; `copied`: when its counter went back.
-- challenge: a question to an authenticator that waits for its answer, once, for some minutes; without an account it is that of a sign-in.
create table passkey (
    id blob primary key, account blob not null references account (id), credential blob not null unique, name text not null,
    public blob not null, state blob not null, synced integer not null, created integer not null, used integer, copied integer,
    made_on blob not null references device (id)
) strict;
create index passkey_by_account on passkey (account);
create table challenge (id blob primary key, account blob references account (id), kept blob not null, expires integer not null) strict;
create index challenge_by_expiry on challenge (expires);
