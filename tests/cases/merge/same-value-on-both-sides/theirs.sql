alter type mood add value 'mad';
