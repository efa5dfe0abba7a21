create foreign data wrapper fdw options (list 'a, b');
create server plain foreign data wrapper fdw options (host 'a');
create server kept version '1' foreign data wrapper fdw options (host 'a, b=c', port '1', gone '2');
create foreign table held (a integer) server kept;
