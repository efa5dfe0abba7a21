create foreign data wrapper fdw options (debug 'true');
create server far type 'x' version '1' foreign data wrapper fdw options (host 'h');
create user mapping for current_user server far options (password 'secret');
create foreign table ft (a int options (column_name 'x') not null, b text default 'y') server far options (table_name 't');
grant usage on foreign server far to app_reader;
comment on server far is 'away';
