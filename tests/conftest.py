"""Fixtures for every test; Postgres itself comes from the plugin `tests.postgres`, people from `tests.cast`."""

import pytest

from sandbox.cluster import Cluster


@pytest.fixture(scope="session")
def django_db_modify_db_settings(postgres: Cluster) -> None:
    """Django's test database is made on the tests' own server: have it running before.

    Here and not in the plugin, because only a conftest overrides a fixture of pytest-django.
    """


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: from the first on Playwright keeps an event loop running in this thread,
    and whatever calls `asyncio.run` after it would fail."""
    items.sort(key=lambda item: "browser" in item.path.parts)
