alter table a add constraint x_given not null x;
alter table a add constraint y_given not null y not valid;
alter table a alter z drop not null;
comment on constraint a_w_not_null on a is 'why';
