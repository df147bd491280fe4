-- Somebody who calls the roll of one meeting in the place of the cell's officers. Ends by itself when the meeting is over (the row says nothing of
-- that), or on to_day. meeting: the id of its record. A row goes when its meeting is forgotten.
create table deputy (
  account uuid not null,
  meeting text collate "C" not null,
  unit uuid not null,
  to_day text collate "C",
  given bigint not null,
  given_by uuid not null,
  constraint deputy_pk primary key (account, meeting),
  constraint deputy_account_fk foreign key (account) references account (id),
  constraint deputy_unit_fk foreign key (unit) references unit (id)
);
create index deputy_by_meeting on deputy (meeting);
