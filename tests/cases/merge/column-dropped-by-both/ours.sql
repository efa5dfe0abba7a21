alter table posts drop title;
