alter type mood rename value 'sad' to 'p'; alter type mood add value 'q';
