alter domain email set default 'a@b';
alter domain email set not null;
alter domain email add constraint short check (length(value) < 100) not valid;
alter domain zip rename to zipcode;
create domain title as text collate "C" default 'x' not null;
comment on domain title is 'names';
