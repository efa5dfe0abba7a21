alter table x add b int;
