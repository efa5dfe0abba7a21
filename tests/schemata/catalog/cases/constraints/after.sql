alter table b add primary key (id);
alter table b add constraint fk foreign key (x, y) references a (x, y) match full on update cascade on delete set null deferrable initially deferred;
alter table b add constraint fk2 foreign key (id) references a (id) not valid;
alter table b add constraint positive check (x > 0) no inherit;
alter table b add constraint later check (y > 0) not valid;
alter table a add constraint z_once unique nulls not distinct (z) include (x) with (fillfactor = 80) deferrable;
comment on constraint z_once on a is 'once';
comment on index z_once is 'the index';
alter table a cluster on a_pkey;
