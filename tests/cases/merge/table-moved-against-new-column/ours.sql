create schema app; alter table posts set schema app;
