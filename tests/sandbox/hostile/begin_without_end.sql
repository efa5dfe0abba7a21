-- expect: fails 25001
begin;
create table never ();
