drop table u cascade;
