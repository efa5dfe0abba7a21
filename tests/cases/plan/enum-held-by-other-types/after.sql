alter type mood add value 'glad' before 'ok';
