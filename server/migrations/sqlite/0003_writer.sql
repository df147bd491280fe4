-- Writer and number of each op, so that one writer under which two phones count is noticed, and phone and server can compare what they have.
-- They stand in raw, too; null: raw is written in another way than this program writes it.
alter table op add column w blob;
alter table op add column n integer;
update op set w = unhex(replace(json_extract(raw, '$.w'), '-', '')), n = json_extract(raw, '$.n') where json_valid(raw);
create index op_by_writer on op (w, n, act, id) where w is not null;
