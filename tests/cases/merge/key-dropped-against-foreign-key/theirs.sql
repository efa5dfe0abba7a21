create table uses (tag int references tags);
