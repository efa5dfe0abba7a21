-- needs: vector
create table t (a int);
