create table U&"pg\005ftemp".x (a int);
