-- expect: fails 42501
alter role current_user valid until '2000-01-01';
