create table r (room int4range, span tsrange, open boolean);
