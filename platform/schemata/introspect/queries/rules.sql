-- Rewrite rules but those that make a view a view.
select r.oid, r.rulename, r.ev_class, r.ev_enabled, pg_catalog.pg_get_ruledef(r.oid) as definition,
       pg_catalog.md5(r.ev_qual::pg_catalog.text || r.ev_action::pg_catalog.text || r.ev_type::pg_catalog.text
                      || r.is_instead::pg_catalog.text) as token
from pg_catalog.pg_rewrite r
where r.oid >= 16384
  and r.rulename <> '_RETURN'
