create table t (a int, b int, c text);
create statistics one on a, b from t;
create statistics two (ndistinct) on a, b from t;
