alter table custmers add column city text;
