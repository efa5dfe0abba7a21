"""Fixtures for every test; Postgres itself comes from the plugin `tests.postgres`, people from `tests.cast`."""

import pytest

from sandbox.cluster import Cluster


@pytest.fixture(scope="session")
def django_db_modify_db_settings(postgres: Cluster) -> None:
    """Django's test database is made on the tests' own server: have it running before.

    Here and not in the plugin, because only a conftest overrides a fixture of pytest-django.
    """
