alter table shirts alter a drop default, alter a type size_new using a::text::size_new, alter a set default 's';
drop type size;
alter type size_new rename to size;
