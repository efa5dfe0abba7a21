create statistics three (mcv, dependencies) on a, lower(c), (a + b) from t;
alter statistics one set statistics 300;
alter statistics two rename to deux;
comment on statistics three is 'both';
