create type old_shell;
drop type shell;
