-- expect: fails 42501
create tablespace elsewhere location '/tmp';
