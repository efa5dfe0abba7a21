create table logs (m mood default 'ok');
