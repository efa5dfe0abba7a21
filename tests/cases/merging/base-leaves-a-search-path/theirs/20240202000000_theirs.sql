update items set name = 'a';
