create or replace view names as select id, email, age from users;
