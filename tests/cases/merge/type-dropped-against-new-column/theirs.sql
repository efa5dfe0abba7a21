create table logs (m mood);
