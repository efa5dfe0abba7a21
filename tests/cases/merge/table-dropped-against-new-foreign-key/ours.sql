drop view names; drop table posts; drop table users;
