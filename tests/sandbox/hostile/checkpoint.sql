-- expect: fails 42501
checkpoint;
