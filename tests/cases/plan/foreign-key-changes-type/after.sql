alter table folders drop constraint folders_parent_fkey;
alter table files drop constraint files_folder_fkey;
alter table folders alter id drop default, alter id type text, alter parent type text;
alter table files alter folder type text;
drop sequence folders_id_seq;
alter table folders add foreign key (parent) references folders;
alter table files add foreign key (folder) references folders;
