-- expect: fails 42501
create database another;
