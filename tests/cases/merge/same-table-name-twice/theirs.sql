create view tags as select 1 as id;
