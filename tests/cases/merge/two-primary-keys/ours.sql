create table x(a int, b int, c int); 
