alter table items add column stock int not null default 1;
alter table items alter stock drop default;
