alter table p detach partition p1;
alter table p attach partition p1 for values from (0) to (20);
create index p_v on p (v);
alter table q detach partition q1;
alter table q drop constraint q_pkey;
alter table p add b date default now(), add check (k > 0);
