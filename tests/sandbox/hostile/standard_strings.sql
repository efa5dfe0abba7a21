-- expect: fails 42601 || passes
-- transaction: none
set standard_conforming_strings = off;
set backslash_quote = on;
set escape_string_warning = off;
create table t (a text default 'a\'b');
