alter type mood rename to feeling;
alter table t alter c drop default, alter d set default 'sad';
