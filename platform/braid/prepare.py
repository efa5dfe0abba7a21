"""`python -m braid.prepare`: brings the app's database up to this version (migrations, queue tables); run it
once before the other processes of a deployment start. Running it twice, or twice at once, is harmless."""

import os
import sys

import psycopg
from psycopg import sql

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "braid.settings")


def main() -> int:
    import django

    django.setup()
    from django.conf import settings

    from braid import broker

    try:
        with psycopg.connect(settings.DATABASE_URL, autocommit=True) as connection:
            _take_turns(connection)
            _migrate()
            if settings.CELERY_BROKER_URL.startswith(broker.PGMQ):
                broker.install_pgmq(connection)
    except (psycopg.OperationalError, broker.ForeignQueue) as error:
        print(f"braid: the app's database could not be prepared: {error}", file=sys.stderr)
        return 1
    return 0


def _take_turns(connection: psycopg.Connection[object]) -> None:
    """Two containers that start together must not both migrate; the lock ends with the connection."""
    name = sql.Literal("braid.prepare")
    connection.execute(sql.SQL("select pg_catalog.pg_advisory_lock(pg_catalog.hashtext({}))").format(name))


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


if __name__ == "__main__":
    sys.exit(main())
