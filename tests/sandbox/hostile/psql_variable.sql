-- expect: fails 42601
select :'HOME';
