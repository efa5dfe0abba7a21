alter table users drop m; alter table posts drop m; drop type mood;
