-- expect: fails 42501
create publication p for all tables;
