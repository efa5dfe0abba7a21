alter table b add constraint fk foreign key (x, y) references a on delete set null (y);
