create index "éééééééééééééééééééééééééééééééx" on "a ""quoted""
name – 🐘" ("a ""quoted""
name – 🐘");
