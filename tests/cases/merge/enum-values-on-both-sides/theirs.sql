alter type mood add value 'mad' before 'sad';
