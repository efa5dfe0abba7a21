-- needs: citext
create table t (a int);
