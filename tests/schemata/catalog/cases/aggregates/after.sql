create aggregate total2(int) (sfunc = acc, stype = int, initcond = '1', combinefunc = acc, parallel = safe);
alter aggregate total(int) rename to whole;
comment on aggregate total2(int) is 'sums';
create aggregate middle(float8 order by anyelement) (sfunc = ordered_set_transition, stype = internal, finalfunc = percentile_disc_final, finalfunc_extra = true);
