alter table t drop c;
alter table t add c mood default 'ok';
alter table w alter c type text;
