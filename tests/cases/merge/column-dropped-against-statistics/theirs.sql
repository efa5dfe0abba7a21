create statistics s on age, id from users;
