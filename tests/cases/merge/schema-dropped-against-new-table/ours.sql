drop schema app;
