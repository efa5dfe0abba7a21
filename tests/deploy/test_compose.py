"""docker-compose.yml and Dockerfile, checked as far as that goes without a Docker engine.

The schema beside this file is the part of the Compose format that is used here; the commands are really run,
under the environment that the file gives them, against a local Postgres.
"""

import json
import os
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from sandbox.cluster import Cluster
from tests.deploy.variables import ROOT, variables_read

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("braid:")}
DOCKERFILE = (ROOT / "Dockerfile").read_text()
# Of the images of others.
FOREIGN = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD", "REDIS_PASSWORD"}


def test_has_the_shape_of_a_compose_file() -> None:
    schema = json.loads((Path(__file__).parent / "compose.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(COMPOSE)


def test_the_schema_refuses_a_misspelt_key() -> None:
    schema = json.loads((Path(__file__).parent / "compose.schema.json").read_text())
    broken = {**COMPOSE, "services": {"web": {**SERVICES["web"], "enviroment": {}}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate(broken)


def test_every_process_is_there() -> None:
    assert set(SERVICES) == {"prepare", "web", "worker", "beat", "broker", "database", "sandbox"}


def test_names_lead_somewhere() -> None:
    for service in SERVICES.values():
        assert set(service["networks"]) <= set(COMPOSE["networks"])
        assert {volume.split(":")[0] for volume in service.get("volumes", [])} <= set(COMPOSE["volumes"])
        for other, condition in service.get("depends_on", {}).items():
            if condition["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[other]
            if condition["condition"] == "service_completed_successfully":
                assert SERVICES[other]["restart"] == "no"


def test_images_of_others_are_pinned_to_a_release() -> None:
    for service in SERVICES.values():
        if service not in OURS.values():
            assert re.search(r":\d+\.\d+", service["image"]), service["image"]
    assert re.search(r"^ARG PYTHON=python:3\.\d+-slim-[a-z]+$", DOCKERFILE, re.M)


def test_teams_sql_is_on_a_network_apart() -> None:
    on_sandbox = {name for name, service in SERVICES.items() if "sandbox" in service["networks"]}
    assert on_sandbox == {"worker", "sandbox"}
    assert SERVICES["sandbox"]["networks"] == ["sandbox"]
    assert COMPOSE["networks"]["sandbox"]["internal"]
    assert COMPOSE["networks"]["inside"]["internal"]


def test_only_the_web_is_published() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"]


def test_no_secret_is_written_down() -> None:
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|URLS?$", name) and re.search(
                "://.*:.*@|PASSWORD|SECRET", f"{name}{value}"
            ):
                assert ":?" in value, name


def test_every_variable_that_is_set_is_read() -> None:
    for service in OURS.values():
        assert set(service.get("environment", {})) <= variables_read()
    assert {name for service in SERVICES.values() for name in service.get("environment", {})} <= (
        variables_read() | FOREIGN
    )
    assert set(re.findall(r"^\s+(BRAID_[A-Z_]+)=", DOCKERFILE, re.M)) <= variables_read()


def test_every_variable_of_the_env_file_is_documented() -> None:
    used = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    deploy = (ROOT / "docs" / "deploy.md").read_text()
    assert {name for name in used if f"`{name}`" not in deploy} == set()


def test_the_image_copies_what_exists() -> None:
    for words in map(shlex.split, re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.M)):
        for source in words[:-1]:
            assert (ROOT / source).exists(), source


def environment_of(name: str, postgres: Cluster, folder: Path) -> dict[str, str]:
    """What the service would get, with addresses of this machine in place of those of the network."""
    filled = {key: fill(value) for key, value in OURS[name]["environment"].items()}
    local = {"DATABASE_URL": postgres.url("compose"), "BROKER_URL": "pgmq://", "BRAID_CACHE_URL": ""}
    (folder / "run").mkdir(exist_ok=True)
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        **{key: local.get(key, value) for key, value in filled.items()},
        "BRAID_VAR": str(folder),
        "HOST": "127.0.0.1",
        "PORT": "0",
    }


def fill(value: str) -> str:
    """Compose's own substitution, with a made-up value where one is required."""
    value = re.sub(r"\$\{[A-Z_]+:\?[^}]*\}", "made-up", value)
    return re.sub(r"\$\{[A-Z_]+:-([^}]*)\}", r"\1", value).replace("$$", "$")


@pytest.fixture(scope="module")
def prepared(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder and a database that the one-shot service has prepared, run as the file says."""
    import psycopg

    with psycopg.connect(postgres.url(), autocommit=True) as admin:
        admin.execute("create database compose")
    folder = tmp_path_factory.mktemp("compose")
    subprocess.run(
        OURS["prepare"]["command"],
        cwd=ROOT,
        env=environment_of("prepare", postgres, folder),
        check=True,
        timeout=60,
    )
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "ready"),
    [("web", "Application startup complete"), ("worker", " ready."), ("beat", "beat: Starting")],
)
def test_every_command_starts(name: str, ready: str, prepared: Path, postgres: Cluster) -> None:
    environment = environment_of(name, postgres, prepared)
    command = [
        str(prepared / "schedule") if word == "/tmp/schedule" else fill(word)
        for word in OURS[name]["command"]
    ]
    log = prepared / f"{name}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            deadline = time.monotonic() + 60
            while ready not in log.read_text() and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.1)
            assert ready in log.read_text(), log.read_text()
        finally:
            process.terminate()
            process.wait(20)
