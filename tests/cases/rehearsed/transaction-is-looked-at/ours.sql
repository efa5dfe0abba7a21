create table made_by_ours (a int);
