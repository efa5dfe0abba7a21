create materialized view n with (fillfactor = 80) as select b, count(*) as many from t group by b with no data;
create index n_b on n (b);
comment on materialized view n is 'counts';
alter materialized view m rename to mm;
