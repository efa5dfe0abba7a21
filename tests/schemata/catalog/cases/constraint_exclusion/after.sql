alter table r add constraint free exclude using gist (room with &&, span with &&) where (open) deferrable initially deferred;
alter table r add constraint hashed exclude using hash (open with =);
