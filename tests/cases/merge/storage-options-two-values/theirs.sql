alter table users set (fillfactor = 80);
