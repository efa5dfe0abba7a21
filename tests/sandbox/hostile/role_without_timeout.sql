-- expect: stopped deadline
alter role current_user set statement_timeout = 0;
alter role current_user set search_path = 'nowhere';
alter role current_user set client_min_messages = 'debug5';
select pg_sleep(3600);
