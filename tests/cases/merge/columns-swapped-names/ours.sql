alter table posts rename title to t; alter table posts rename m to title;
