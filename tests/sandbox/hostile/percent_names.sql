-- expect: passes
create table "%s %(x)s {} {0} %" ("%" int);
comment on table "%s %(x)s {} {0} %" is '%s %(x)s {}';
