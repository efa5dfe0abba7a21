alter table "a ""quoted""
name – 🐘" drop "a ""quoted""
name – 🐘";
