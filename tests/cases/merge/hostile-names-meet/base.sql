create table "a ""quoted""
name – 🐘" (id int, "a ""quoted""
name – 🐘" int);
