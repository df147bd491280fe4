-- Writer and number of each op, so that gaps show and phone and server can compare what they have (null: written before this release).
alter table op add column w blob;
alter table op add column n integer;
create index op_by_writer on op (w, n) where w is not null;
