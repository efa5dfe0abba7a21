alter schema a rename to c;
alter schema b rename to a;
alter schema c rename to b;
alter table a.t add m b.mood;
alter table b.t drop m;
alter table a.t set schema public;
alter table b.t set schema a;
alter table public.t set schema b;
alter function b.f() set schema a;
