-- expect: fails 42501|42710|42723|55000
-- An object of the extension's exists and is ours: its script must not adopt it.
create function public.citextin(cstring) returns text language internal immutable as 'textin';
create extension citext;
