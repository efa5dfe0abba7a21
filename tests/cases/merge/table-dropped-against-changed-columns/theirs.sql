alter table posts alter title set default 'x', alter user_id set not null; alter table posts rename m to mood;
