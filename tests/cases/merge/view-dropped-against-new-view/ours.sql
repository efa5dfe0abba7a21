drop view names;
