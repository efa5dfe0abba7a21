create or replace function touch() returns trigger language plpgsql as 'begin new.id = 2; return new; end';
