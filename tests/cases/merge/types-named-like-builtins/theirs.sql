alter type public."text" add value 'z';
