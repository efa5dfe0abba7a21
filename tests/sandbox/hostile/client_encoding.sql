-- expect: passes
set client_encoding = 'LATIN1';
create table "ä" ();
