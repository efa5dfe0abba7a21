alter sequence s minvalue 3 start 3;
