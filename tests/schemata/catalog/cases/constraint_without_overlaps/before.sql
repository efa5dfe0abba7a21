-- needs: 18
create table r (id int4range, span daterange);
create table s (id int4range, span daterange);
