alter sequence s owned by users.id;
