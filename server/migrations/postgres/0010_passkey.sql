-- Passkeys. passkey: what one is known and checked by; `state` changes with each use, `public` never; `copied`: when its counter went back.
-- challenge: a question to an authenticator that waits for its answer, once, for some minutes; without an account it is that of a sign-in.
create table passkey (
    id uuid primary key, account uuid not null references account (id), credential bytea not null unique, name text not null,
    public bytea not null, state bytea not null, synced boolean not null, created bigint not null, used bigint, copied bigint,
    made_on uuid not null references device (id)
);
create index passkey_by_account on passkey (account);
create table challenge (id bytea primary key, account uuid references account (id), kept bytea not null, expires bigint not null);
create index challenge_by_expiry on challenge (expires);
