create table logs (m mood default 'happy');
