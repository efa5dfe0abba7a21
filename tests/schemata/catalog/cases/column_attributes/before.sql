create table t (a text, b text, c int, d int, e text collate "C", f text, g int);
