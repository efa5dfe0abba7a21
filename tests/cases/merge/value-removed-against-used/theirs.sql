alter table posts add n mood default 'sad';
