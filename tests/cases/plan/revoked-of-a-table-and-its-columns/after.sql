revoke select, update on t from app_reader;
grant select (a) on t to app_reader;
grant update (c) on t to app_reader with grant option;
revoke select on t from current_user;
grant select (b) on t to current_user;
revoke grant option for select on u from app_writer;
grant select (a) on u to app_writer with grant option;
