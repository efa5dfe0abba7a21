alter function touch() rename to g;
