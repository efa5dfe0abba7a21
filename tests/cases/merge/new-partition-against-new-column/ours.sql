alter table logs add b int;
