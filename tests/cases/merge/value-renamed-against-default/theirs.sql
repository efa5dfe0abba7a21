alter table users alter m set default 'happy';
