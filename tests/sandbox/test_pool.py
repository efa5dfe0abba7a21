"""Servers come and go; projects keep what they know, and never meet."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from sandbox import (
    DeadlineExceeded,
    LimitExceeded,
    Progress,
    Replay,
    Sandboxes,
    SandboxSettings,
    ServerDown,
    jobs,
)
from sandbox.cluster import children
from sandbox.parking import sweep
from sandbox.server import folder_size
from schemata.history import History

USERS = "create table users (id serial primary key, name text not null);"
HistoryOf = Callable[..., History]


@pytest.fixture
def settings(sandbox_folder: Path, request: pytest.FixtureRequest) -> SandboxSettings:
    return SandboxSettings(folder=sandbox_folder / request.node.name[:40], disk_mb=256, warm=0)


def run(sandboxes: Sandboxes, history: History, owner: str = "a") -> Replay:
    done = sandboxes.replay(history, owner=owner, deadline_s=60)
    assert done.failure is None
    return done


def folders(settings: SandboxSettings) -> list[Path]:
    assert settings.folder
    return sorted(settings.folder.glob("s-*"))


def wait_until_idle(sandboxes: Sandboxes) -> None:
    while sandboxes._busy:
        time.sleep(0.01)


def forget(settings: SandboxSettings) -> None:
    assert settings.folder
    sweep(settings.folder, SandboxSettings(parked_mb=0))


def test_parked_server_knows_its_histories(settings: SandboxSettings, history_of: HistoryOf) -> None:
    with Sandboxes(settings) as first:
        run(first, history_of(USERS))
    with Sandboxes(settings) as second:
        assert [each.cached for each in run(second, history_of(USERS, "select 1;")).runs] == [True, False]
    forget(settings)
    assert folders(settings) == []


def test_idle_server_is_parked_and_taken_up_again(settings: SandboxSettings, history_of: HistoryOf) -> None:
    with Sandboxes(settings) as sandboxes:
        run(sandboxes, history_of(USERS))
        wait_until_idle(sandboxes)
        for each in sandboxes._servers:
            each.used_at -= 1000
        sandboxes.sweep()
        assert sandboxes._servers == []
        assert [each.cached for each in run(sandboxes, history_of(USERS)).runs] == [True]
    forget(settings)


def test_least_used_server_makes_room(settings: SandboxSettings, history_of: HistoryOf) -> None:
    limited = SandboxSettings(folder=settings.folder, disk_mb=256, warm=0, servers=2)
    with Sandboxes(limited) as sandboxes:
        for owner in ("a", "b", "c"):
            run(sandboxes, history_of(USERS), owner)
        assert len(sandboxes._servers) <= 2
        assert [each.cached for each in run(sandboxes, history_of(USERS), "a").runs] == [True]
    forget(settings)


def test_worker_killed_in_the_middle_leaves_nothing_in_the_way(
    settings: SandboxSettings, history_of: HistoryOf
) -> None:
    script = f"""
        import threading
        from pathlib import Path
        from sandbox import Sandboxes, SandboxSettings
        from schemata.history import History, migration_of
        sandboxes = Sandboxes(SandboxSettings(folder=Path({str(settings.folder)!r}), disk_mb=256, warm=0))
        users = migration_of("1.sql", {USERS!r})
        sandboxes.replay(History("prisma", "", (users,)), owner="a", deadline_s=60)
        sandboxes.replay(History("prisma", "", (users,)), owner="a", deadline_s=60)
        print("known", flush=True)
        endless = migration_of("2.sql", "create table half (); commit; select pg_sleep(60);")
        sandboxes.replay(History("prisma", "", (users, endless)), owner="a", deadline_s=60)
    """
    lines = [line[8:] for line in script.splitlines()]
    worker = subprocess.Popen([sys.executable, "-c", "\n".join(lines)], stdout=subprocess.PIPE, text=True)
    assert worker.stdout
    with worker.stdout:
        assert worker.stdout.readline() == "known\n"
    time.sleep(0.5)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    with Sandboxes(settings) as sandboxes:
        done = run(sandboxes, history_of(USERS, "create table whole ();"))
        assert done.runs[0].cached
        assert "table public.half" not in {str(address) for address in done.catalog.objects}
    forget(settings)


def test_server_killed_while_idle_is_replaced(settings: SandboxSettings, history_of: HistoryOf) -> None:
    with Sandboxes(settings) as sandboxes:
        run(sandboxes, history_of(USERS))
        run(sandboxes, history_of(USERS))
        (server,) = sandboxes._servers
        wait_until_idle(sandboxes)
        server._cluster.kill()
        run(sandboxes, history_of(USERS))
    forget(settings)


def test_server_killed_under_a_job_is_told(settings: SandboxSettings, history_of: HistoryOf) -> None:
    with Sandboxes(settings) as sandboxes:
        run(sandboxes, history_of(USERS))
        (server,) = sandboxes._servers
        threading.Timer(1.0, lambda: os.kill(server._cluster.pid or 0, signal.SIGKILL)).start()
        with pytest.raises(Exception, match=r"2\.sql: the sandbox's server went down"):
            sandboxes.replay(history_of(USERS, "select pg_sleep(20);"), owner="a", deadline_s=60)
        run(sandboxes, history_of(USERS))
    forget(settings)


def test_session_that_cannot_be_ended_costs_the_server(
    settings: SandboxSettings, history_of: HistoryOf
) -> None:
    with Sandboxes(settings) as sandboxes:
        run(sandboxes, history_of(USERS))
        (server,) = sandboxes._servers
        # Stopped, a process is as deaf to Postgres's wish to end it as one that is deep in a library.
        threading.Timer(0.5, lambda: [os.kill(pid, signal.SIGSTOP) for pid in sessions(server)]).start()
        with pytest.raises(DeadlineExceeded):
            sandboxes.replay(history_of(USERS, "select pg_sleep(60);"), owner="a", deadline_s=2)
        assert [run.cached for run in run(sandboxes, history_of(USERS)).runs] == [False]
        assert sandboxes._servers[0] is not server
        assert not server.folder.exists()
    forget(settings)


def sessions(server) -> list[int]:
    query = "select pid from pg_stat_activity where usename = 'postgres'"
    with psycopg.connect(server.conninfo("postgres", "braid")) as admin:
        return [pid for (pid,) in admin.execute(query)]


def test_disk_is_measured_where_nothing_may_be_mounted(
    settings: SandboxSettings, history_of: HistoryOf
) -> None:
    measured = SandboxSettings(folder=settings.folder, disk_mb=160, mount=False, warm=0, parked_mb=0)
    fill = "create table big (t text); do $$ begin for i in 1..1000 loop "
    fill += (
        "insert into big select repeat(md5(n::text), 50) from generate_series(1, 1000) n; end loop; end $$;"
    )
    with Sandboxes(measured) as sandboxes:
        run(sandboxes, history_of(USERS))
        with pytest.raises(LimitExceeded, match=r"2\.sql: the sandbox's disk is full \(160 MB") as error:
            sandboxes.replay(history_of(USERS, fill), owner="a", deadline_s=60)
        assert error.value.limit == "disk"
        run(sandboxes, history_of(USERS))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount, and elsewhere the disk does not end")
def test_server_that_its_full_disk_brings_down_before_anybody_looks(
    settings: SandboxSettings, history_of: HistoryOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sessions that end let go of WAL segments that were removed under them: afterwards there is space again."""
    fill = "create table hot as select repeat(md5(i::text), 40) as filler from generate_series(1, 2000) as i;"
    churn = "do $$ begin for i in 1..10000 loop update hot set filler = reverse(filler); commit; end loop; end $$;"
    monkeypatch.setattr(jobs, "TICK_S", 3600.0)
    with Sandboxes(replace(settings, disk_mb=160, parked_mb=0)) as sandboxes:
        assert what_became_of(sandboxes, history_of(fill, churn)) in ("disk", "53100")
        run(sandboxes, history_of(USERS))


def what_became_of(sandboxes: Sandboxes, history: History) -> str:
    """The limit that stopped it, or the SQLSTATE that it failed with."""
    try:
        failure = sandboxes.replay(history, owner="a", deadline_s=60).failure
    except LimitExceeded as error:
        return error.limit
    return failure.sqlstate if failure else "passes"


def test_server_that_goes_down_by_itself_is_not_said_to_be_full(
    settings: SandboxSettings, history_of: HistoryOf
) -> None:
    def kill(progress: Progress) -> None:
        if progress.migration == "2.sql":
            pid = sandboxes._servers[0]._cluster.pid  # type: ignore[attr-defined]
            for each in (*children(pid), pid):
                with suppress(ProcessLookupError):
                    os.kill(each, signal.SIGKILL)

    with Sandboxes(replace(settings, parked_mb=0)) as sandboxes:
        history = history_of("select pg_sleep(0.2);", "select pg_sleep(60);")
        with pytest.raises(LimitExceeded, match="went down under") as error:
            sandboxes.replay(history, owner="a", deadline_s=60, on_progress=kill)
        assert error.value.limit == "crash"


def test_job_that_is_given_up_ends_on_the_server(settings: SandboxSettings, history_of: HistoryOf) -> None:
    class Unwanted(Exception):
        pass

    def refuse(progress: Progress) -> None:
        if progress.migration == "2.sql":
            raise Unwanted

    with Sandboxes(settings) as sandboxes:
        history = history_of("select pg_sleep(0.2);", "select pg_sleep(60);")
        with pytest.raises(Unwanted):
            sandboxes.replay(history, owner="a", deadline_s=60, on_progress=refuse)
        run(sandboxes, history_of(USERS))
        assert sessions(sandboxes._servers[0]) == []
    forget(settings)


def test_role_of_a_killed_job_is_as_new(settings: SandboxSettings, history_of: HistoryOf) -> None:
    with Sandboxes(settings) as sandboxes:
        run(sandboxes, history_of(USERS))
        (server,) = sandboxes._servers
        wait_until_idle(sandboxes)
        with psycopg.connect(server.conninfo("postgres", "braid"), autocommit=True) as admin:
            admin.execute("alter role postgres set search_path = nowhere")
            admin.execute("alter role postgres password 'changed' connection limit 0")
    with Sandboxes(settings) as sandboxes:
        run(sandboxes, history_of(USERS, "create table t ();"))
    forget(settings)


def test_sweep_removes_what_is_broken(settings: SandboxSettings) -> None:
    assert settings.folder
    with Sandboxes(settings):
        pass
    broken = settings.folder / "s-broken"
    broken.mkdir()
    (broken / "label.json").write_text(json.dumps({"owner": "x"}))
    assert sweep(settings.folder, settings) == 0, "it may be in the making"
    os.utime(broken, (0, 0))
    assert sweep(settings.folder, settings) == 1
    assert not broken.exists()


def test_sweep_leaves_what_a_living_process_has(settings: SandboxSettings, history_of: HistoryOf) -> None:
    assert settings.folder
    with Sandboxes(settings) as sandboxes:
        run(sandboxes, history_of(USERS))
        assert sweep(settings.folder, SandboxSettings(parked_mb=0)) == 0
        run(sandboxes, history_of(USERS))
    forget(settings)


def test_parked_folders_stay_below_their_limit(settings: SandboxSettings, history_of: HistoryOf) -> None:
    with Sandboxes(settings) as sandboxes:
        for owner in ("a", "b", "c"):
            run(sandboxes, history_of(USERS), owner)
    weight = folder_size(folders(settings)[0] / "mnt") // 1024 // 1024
    sweep(settings.folder, SandboxSettings(parked_mb=weight * 2 + weight // 2))  # type: ignore[arg-type]
    assert len(folders(settings)) == 2
    forget(settings)


def test_projects_run_at_once_on_servers_of_their_own(sandboxes: Sandboxes, history_of: HistoryOf) -> None:
    results: dict[str, Replay] = {}

    def work(owner: str) -> None:
        text = f"create table of_{owner} (); select pg_sleep(0.3);"
        results[owner] = sandboxes.replay(history_of(text), owner=owner, deadline_s=60)

    threads = [threading.Thread(target=work, args=(owner,)) for owner in ("x", "y")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results["x"].origin.split(":")[0] != results["y"].origin.split(":")[0]
    assert "table public.of_y" not in {str(address) for address in results["x"].catalog.objects}


def test_one_project_waits_for_itself(sandboxes: Sandboxes, owner: str, history_of: HistoryOf) -> None:
    histories = [history_of(f"create table t{number} (); select pg_sleep(0.2);") for number in range(3)]
    results: list[Replay] = []

    def work(history: History) -> None:
        results.append(sandboxes.replay(history, owner=owner, deadline_s=60))

    threads = [threading.Thread(target=work, args=(history,)) for history in histories]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [result.failure for result in results] == [None, None, None]
    assert len({result.origin.split(":")[0] for result in results}) == 1


def test_busy_project_is_told_so(sandboxes: Sandboxes, owner: str, history_of: HistoryOf) -> None:
    slow = threading.Thread(
        target=sandboxes.replay,
        args=(history_of("select pg_sleep(3);"),),
        kwargs={"owner": owner, "deadline_s": 60},
    )
    slow.start()
    time.sleep(0.5)
    with pytest.raises(ServerDown, match="busy with another job"):
        sandboxes.replay(history_of(USERS), owner=owner, deadline_s=0.2)
    slow.join()


def test_templates_are_limited(settings: SandboxSettings, history_of: HistoryOf) -> None:
    few = SandboxSettings(folder=settings.folder, disk_mb=256, warm=0, templates=2, parked_mb=0)
    with Sandboxes(few) as sandboxes:
        for number in range(4):
            run(sandboxes, history_of(f"create table t{number} ();"))
        assert [each.cached for each in run(sandboxes, history_of("create table t3 ();")).runs] == [True]
        assert [each.cached for each in run(sandboxes, history_of("create table t0 ();")).runs] == [False]
        (server,) = sandboxes._servers
        wait_until_idle(sandboxes)
        assert len(server.databases.templates) <= 2


def test_nobody_but_our_roles_may_connect(sandboxes: Sandboxes, owner: str, history_of: HistoryOf) -> None:
    sandboxes.replay(history_of(USERS), owner=owner, deadline_s=60)
    sandboxes.replay(history_of(USERS), owner=owner, deadline_s=60)
    server = sandboxes._servers[-1]
    inside = server.databases.templates[-1].name if server.databases.templates else "empty"
    for database, role in (
        ("postgres", "postgres"),
        ("empty", "postgres"),
        (inside, "postgres"),
        (inside, "braid"),
    ):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(server.conninfo(database, role))
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(server.conninfo("postgres", "braid"), password="guess")
