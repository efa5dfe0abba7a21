drop server plain;
create server far type 'x' foreign data wrapper fdw options (host 'a, b=c', "odd, name" 'it''s', empty '');
alter server kept version '2' options (set host 'c, d', drop gone, add added 'x=y');
