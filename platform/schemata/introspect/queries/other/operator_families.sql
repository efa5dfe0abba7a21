-- Operator families with their members; families of the server or an extension that a team added members to as well.
select f.oid, f.opfnamespace, pg_catalog.format('%s USING %s', f.opfname, a.amname) as name, f.opfowner,
       null::pg_catalog.text[] as privileges,
       array(select e.text
             from (select 'operator ' || o.amopstrategy::pg_catalog.text as what,
                          pg_catalog.concat_ws(' ', o.amopopr::pg_catalog.regoperator::pg_catalog.text,
                            case when o.amopsortfamily <> 0 then 'for order by ' || sn.nspname || '.' || sf.opfname end) as member,
                          o.oid as member_oid
                   from pg_catalog.pg_amop o
                        left join pg_catalog.pg_opfamily sf on sf.oid = o.amopsortfamily
                        left join pg_catalog.pg_namespace sn on sn.oid = sf.opfnamespace
                   where o.amopfamily = f.oid
                   union all
                   select pg_catalog.format('function %s (%s, %s)', p.amprocnum,
                            pg_catalog.format_type(p.amproclefttype, null), pg_catalog.format_type(p.amprocrighttype, null)),
                          p.amproc::pg_catalog.oid::pg_catalog.regprocedure::pg_catalog.text, p.oid
                   from pg_catalog.pg_amproc p
                   where p.amprocfamily = f.oid) m
                  cross join lateral (values (1, m.what), (2, m.member)) e (place, text)
             where m.member_oid >= 16384
             order by m.what collate "C", m.member collate "C", e.place) as attributes,
       '' as token
from pg_catalog.pg_opfamily f
     join pg_catalog.pg_am a on a.oid = f.opfmethod
where (f.oid >= 16384
       or f.oid in (select o.amopfamily from pg_catalog.pg_amop o where o.oid >= 16384
                    and o.oid not in (select d.objid from pg_catalog.pg_depend d
                                      where d.classid = 'pg_catalog.pg_amop'::pg_catalog.regclass and d.deptype in ('e', 'i'))))
  and f.oid not in (select d.objid from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_opfamily'::pg_catalog.regclass
                      and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
                      and d.deptype = 'e')
