"""Values arranged for the templates of proposals; nothing here touches the database."""
