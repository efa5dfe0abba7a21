update items set price = 1;
update items set price = id;
