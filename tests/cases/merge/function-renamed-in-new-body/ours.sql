alter function touch() rename to touched;
