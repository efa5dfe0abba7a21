alter sequence s owned by users.age;
