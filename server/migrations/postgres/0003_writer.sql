-- Writer and number of each op, so that one writer under which two phones count is noticed, and phone and server can compare what they have.
-- They stand in raw, too; null: raw is written in another way than this program writes it.
alter table op add column w uuid;
alter table op add column n bigint;
update op set w = cast(found[1] as uuid), n = cast(found[2] as bigint)
from (
  select id as of, regexp_match(raw, '"w":"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})","n":([0-9]{1,10})[,}]') as found from op
) as read
where read.of = op.id and found is not null;
create index op_by_writer on op (w, n, act, id) where w is not null;
