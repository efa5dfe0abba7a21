create table logs (m mood check (m <> 'happy'));
