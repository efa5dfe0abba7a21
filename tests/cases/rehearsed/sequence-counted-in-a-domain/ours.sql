alter table t add n numbered;
