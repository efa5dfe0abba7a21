-- Prisma recreates an enum from its own list.
-- Rewritten, because as written it would undo what is there already: enum public.size values.
ALTER TYPE public.size ADD VALUE 'xl';
-- Rewritten above.
-- Rewritten above.
-- Rewritten above.
