alter table users replica identity using index by_email;
