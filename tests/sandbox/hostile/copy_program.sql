-- expect: fails 42501
copy (select 1) to program 'id > /tmp/braid-escaped';
