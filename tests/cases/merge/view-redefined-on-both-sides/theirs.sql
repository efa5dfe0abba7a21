create or replace view names as select id, email, id as other from users;
