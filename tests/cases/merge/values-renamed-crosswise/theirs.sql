alter type mood rename value 'sad' to 'q'; alter type mood add value 'p';
