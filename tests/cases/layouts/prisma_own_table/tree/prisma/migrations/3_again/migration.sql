DELETE FROM _prisma_migrations WHERE false;
