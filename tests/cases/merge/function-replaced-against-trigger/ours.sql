create or replace function touch() returns trigger language plpgsql as 'begin new.id = 1; return new; end';
