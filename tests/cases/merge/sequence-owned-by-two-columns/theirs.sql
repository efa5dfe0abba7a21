alter sequence s owned by posts.id;
