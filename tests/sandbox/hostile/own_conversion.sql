-- expect: passes || fails 42501|42809|42883|42P17|2200G
create function public.steal(integer, integer, cstring, internal, integer, boolean) returns integer language internal as 'utf8_to_iso8859_1';
create default conversion public.steal for 'UTF8' to 'LATIN1' from public.steal;
