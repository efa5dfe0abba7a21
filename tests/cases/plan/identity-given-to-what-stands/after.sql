alter table w alter id drop identity;
alter table above drop a;
alter table p drop id;
