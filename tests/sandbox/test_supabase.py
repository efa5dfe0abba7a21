"""A Supabase project's migrations find what they lean on, others don't, and nobody gains anything by it."""

from collections.abc import Callable

import psycopg

from sandbox import Sandboxes
from sandbox.judge import judge
from sandbox.merging import Verdict, merge_histories
from schemata.history import History

HistoryOf = Callable[..., History]
USUAL = """
create extension if not exists "uuid-ossp" with schema extensions;
create table public.profiles (
    id uuid primary key references auth.users (id) on delete cascade,
    token uuid default extensions.uuid_generate_v4(),
    secret text default crypt('x', gen_salt('bf')),
    email text default auth.email()
);
alter table public.profiles enable row level security;
create policy own on public.profiles for select to authenticated using ((select auth.uid()) = id);
create policy theirs on storage.objects for select to anon
    using (bucket_id = 'avatars' and (storage.foldername(name))[1] = auth.uid()::text);
insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true);
grant select on public.profiles to service_role;
create function public.welcome() returns trigger language plpgsql security definer set search_path = '' as $$
begin insert into public.profiles (id) values (new.id); return new; end $$;
create trigger welcome after insert on auth.users for each row execute function public.welcome();
alter publication supabase_realtime add table public.profiles;
insert into auth.users (id, email) values ('00000000-0000-0000-0000-000000000001', 'a@example.com');
"""
# A foreign key's check runs as the owner of the table that it points to, a view's query as the view's.
OWNED_BY_SUPERUSERS = """
select o.name from (
    select relname, relowner, oid from pg_class where relnamespace >= 16384
    union all select proname, proowner, oid from pg_proc where pronamespace >= 16384
    union all select nspname, nspowner, oid from pg_namespace where oid >= 16384
    union all select pubname, pubowner, oid from pg_publication
) as o (name, owner, oid)
join pg_roles on pg_roles.oid = o.owner and rolsuper
where not exists (select from pg_depend where objid = o.oid and deptype = 'e')
"""


def test_what_migrations_lean_on_is_there_and_is_no_change(
    sandboxes: Sandboxes, owner: str, history_of: HistoryOf
) -> None:
    judged = judge(
        sandboxes, None, history_of(USUAL, layout="supabase"), owner=owner, postgres=15, deadline_s=60
    )
    assert judged.head
    assert judged.head.failure is None
    added = {str(change.address) for change in judged.changes if change.covered_by is None}
    assert added == {
        "table public.profiles",
        "function public.welcome()",
        "trigger auth.users.welcome",
        "policy storage.objects.theirs",
        "publication supabase_realtime",
    }


def test_branches_merge_from_an_empty_base_and_the_start_stays(
    sandboxes: Sandboxes, owner: str, history_of: HistoryOf
) -> None:
    mine = "create table a (id uuid primary key references auth.users (id), who uuid default auth.uid());"
    for theirs in ("create table b ();", "create table c ();"):
        sides = (history_of(*texts, layout="supabase") for texts in ((), (mine,), (theirs,)))
        merged = merge_histories(sandboxes, *sides, owner=owner, deadline_s=60)
        # Both migrations bear the same name, nothing else is in the way.
        assert (merged.verdict, merged.broken) == (Verdict.REWRITTEN, None)


def test_other_layouts_find_nothing_of_it(sandboxes: Sandboxes, owner: str, history_of: HistoryOf) -> None:
    for layout, failure in (("supabase", ""), ("prisma", 'role "anon" does not exist'), ("supabase", "")):
        history = history_of("create table t ();", "grant select on t to anon;", layout=layout)
        done = sandboxes.replay(history, owner=owner, deadline_s=60)
        assert (done.failure.message if done.failure else "") == failure
        assert any(address.schema == "auth" for address in done.catalog.objects) == (layout == "supabase")


def test_a_role_that_no_sandbox_has_comes_with_advice(
    sandboxes: Sandboxes, owner: str, history_of: HistoryOf
) -> None:
    failure = sandboxes.replay(history_of("grant rds_iam to postgres;"), owner=owner, deadline_s=60).failure
    assert failure
    assert failure.message == 'role "rds_iam" does not exist'
    assert "WHERE rolname = 'rds_iam'" in failure.hint
    assert "newer" not in failure.hint


def test_nothing_is_owned_by_who_could_be_misused(
    sandboxes: Sandboxes, owner: str, history_of: HistoryOf
) -> None:
    sandboxes.replay(history_of("select 1;", layout="supabase"), owner=owner, deadline_s=60)
    server = sandboxes._servers[-1]
    with psycopg.connect(server.conninfo("supabase", "braid_reader")) as reader:
        assert reader.execute("select count(*) from pg_class where relnamespace >= 16384").fetchone() != (0,)
        assert reader.execute(OWNED_BY_SUPERUSERS).fetchall() == []
    with psycopg.connect(server.conninfo("postgres", "braid")) as admin:
        able = admin.execute(
            "select rolname from pg_roles where rolname ~ 'supabase|anon|authenticated|service' "
            "and (rolcanlogin or rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls)"
        ).fetchall()
        members = admin.execute(
            "select * from pg_auth_members where member = 'postgres'::regrole or roleid = 'postgres'::regrole"
        ).fetchall()
    assert (able, members) == ([], [])


def test_roles_cannot_be_taken_on(sandboxes: Sandboxes, owner: str, history_of: HistoryOf) -> None:
    for statement in (
        "set role supabase_admin;",
        "set session authorization anon;",
        "grant supabase_admin to postgres;",
        "alter role anon login;",
        "drop role anon;",
    ):
        history = history_of(statement, layout="supabase")
        failure = sandboxes.replay(history, owner=owner, deadline_s=60).failure
        assert failure
        assert failure.sqlstate == "42501", statement
