alter function touch() rename to f;
