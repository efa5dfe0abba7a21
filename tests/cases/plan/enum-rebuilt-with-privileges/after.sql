alter type mood add value 'fine' before 'ok';
alter type mood owner to app_writer;
