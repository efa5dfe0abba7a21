UPDATE _prisma_migrations SET logs = NULL;
