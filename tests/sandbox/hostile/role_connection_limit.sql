-- expect: fails 42501
alter role current_user connection limit 0;
