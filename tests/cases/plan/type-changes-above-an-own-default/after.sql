alter table heir alter b drop default, alter c drop default;
alter table above alter a type bigint, alter b type boolean using b > 0, alter c type boolean using true;
alter table heir alter b set default true;
alter table renamed rename to called;
alter table called alter id type text;
