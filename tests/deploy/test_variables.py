"""docs/deploy.md names every variable that the code reads, and none that it does not."""

import re

from tests.deploy.variables import ROOT, variables_read

DEPLOY = (ROOT / "docs" / "deploy.md").read_text()
COMPOSE_ONLY = {
    "BRAID_DATABASE_PASSWORD", "BRAID_BROKER_PASSWORD", "BRAID_SANDBOX_PASSWORD", "BRAID_VERSION", "BRAID_PUBLISH",
}  # fmt: skip
INTERNAL = {"BRAID_INSTANCE"}


def documented() -> set[str]:
    return set(re.findall(r"`([A-Z][A-Z0-9_]{3,})`", DEPLOY)) - {"DEBUG", "INFO", "WARNING", "ERROR"}


def test_every_variable_that_is_read_is_documented() -> None:
    assert variables_read() - documented() == set()


def test_every_documented_variable_is_read() -> None:
    assert documented() - variables_read() - COMPOSE_ONLY - INTERNAL == set()


def test_the_search_finds_known_variables() -> None:
    assert {"DATABASE_URL", "BRAID_SECRET_KEY", "PORT", "SANDBOX_URLS", "SANDBOX_HOME"} <= variables_read()
