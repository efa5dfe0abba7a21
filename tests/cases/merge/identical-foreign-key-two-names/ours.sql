alter table posts add n int, add constraint a foreign key (id) references users;
