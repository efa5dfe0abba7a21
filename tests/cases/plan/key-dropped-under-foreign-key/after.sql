alter table settings add id text primary key;
alter table teams add settings text references settings;
