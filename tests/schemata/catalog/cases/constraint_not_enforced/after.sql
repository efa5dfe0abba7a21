alter table b alter constraint fk not enforced;
alter table b add constraint d check (x > 1) not enforced;
