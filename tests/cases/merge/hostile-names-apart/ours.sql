alter table "a ""quoted""
name – 🐘" add "éééééééééééééééééééééééééééééééx" int;
