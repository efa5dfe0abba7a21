-- expect: passes
alter role current_user password 'mine now';
