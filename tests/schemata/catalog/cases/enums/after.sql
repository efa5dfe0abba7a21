alter type mood add value 'angry' before 'sad';
alter type mood add value 'great';
alter type mood rename value 'ok' to 'fine';
alter type size rename to sizes;
drop type gone;
create type fresh as enum ();
comment on type mood is 'How it feels';
