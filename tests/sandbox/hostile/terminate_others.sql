-- expect: passes
-- Only our own sessions can be ended; the administrator's is not among them.
do $$
declare other record;
begin
    for other in select pid from pg_stat_activity where pid <> pg_backend_pid() loop
        begin
            perform pg_terminate_backend(other.pid);
        exception when insufficient_privilege then null;
        end;
    end loop;
end $$;
