alter table "a ""quoted""
name – 🐘" add b int; create index "éééééééééééééééééééééééééééééééx" on "a ""quoted""
name – 🐘" (b);
