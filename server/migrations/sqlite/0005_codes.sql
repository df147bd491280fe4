-- A new code ends the earlier ones of the same account: found by the account, not by reading all codes.
create index enrolment_by_account on enrolment (account);
