alter table r add primary key (id, span without overlaps);
alter table s add foreign key (id, period span) references r (id, period span);
