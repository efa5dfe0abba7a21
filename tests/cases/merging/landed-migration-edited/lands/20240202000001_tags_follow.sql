-- Brings databases that ran earlier migrations as they had landed to what these now say.

ALTER TABLE public.tags ALTER COLUMN name SET NOT NULL;

ALTER TABLE public.tags ALTER COLUMN name SET DEFAULT ''::text;

ALTER TABLE public.tags ADD COLUMN note text;

CREATE OR REPLACE FUNCTION public.shout(word text)
    RETURNS text
    LANGUAGE sql
AS $function$SELECT  upper( word )$function$;
