-- expect: fails 42501
copy (select 1) to '/tmp/braid-escaped';
