"""The audit log can be added to and read, nothing else, whichever code asks."""

from django.db import migrations

FORWARD = """
create function teams_audit_refuse() returns trigger language plpgsql
set search_path = pg_catalog as $$
begin
  raise exception 'The audit log is append-only: % on % is refused', tg_op, tg_table_name
    using errcode = 'insufficient_privilege';
end
$$;
create trigger teams_audit_no_change before update or delete on teams_auditentry
  for each row execute function teams_audit_refuse();
create trigger teams_audit_no_truncate before truncate on teams_auditentry
  for each statement execute function teams_audit_refuse();
"""

BACKWARD = """
drop trigger teams_audit_no_truncate on teams_auditentry;
drop trigger teams_audit_no_change on teams_auditentry;
drop function teams_audit_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("teams", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
