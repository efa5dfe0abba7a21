-- expect: fails 42501
alter role current_user nologin;
