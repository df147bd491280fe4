-- Held ops are looked at again at every start and with every new grant: not by reading the whole log.
create index op_held on op (received) where verdict = 'held';
