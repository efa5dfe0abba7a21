-- expect: fails 42501
select lo_export(lo_from_bytea(0, 'x'), '/tmp/braid-escaped');
