DO $$ BEGIN
 SELECT 1;
END $$;
--> statement-breakpoint
SELECT 1; SELECT 2;