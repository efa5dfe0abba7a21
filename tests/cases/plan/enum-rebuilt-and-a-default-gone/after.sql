alter type mood rename value 'sad' to 'glad';
alter type mood add value 'fine' before 'ok';
alter table t alter c drop default, alter d set default 'glad';
