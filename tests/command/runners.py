"""What a forge's runner does with the files that Braid brings: fills in the inputs and runs each step by bash."""

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.live import ROOT

ACTION, COMPONENT = ROOT / "action.yml", ROOT / "templates/braid.yml"
# What of the machine's own variables a step gets to see.
_KEPT = ("PATH", "HOME", "LANG", "SANDBOX_PARKED_MB", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM")


@dataclass(frozen=True)
class Ran:
    """How a job ended: its exit code, what its log shows, and what it left for the forge."""

    code: int
    log: str
    outputs: Mapping[str, str]
    summary: str = ""


def run_action(clone: Path, variables: Mapping[str, str], temp: Path, **inputs: str) -> Ran:
    """The steps of action.yml as GitHub's runner runs them in the checked out repository."""
    temp.mkdir(exist_ok=True)
    action = yaml.safe_load(ACTION.read_text())
    given = {name: inputs.get(name, each["default"]) for name, each in action["inputs"].items()}
    assert set(inputs) <= set(given)
    files = {name: temp / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.write_text("")
    environment = {
        **_kept(),
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTION_PATH": str(ROOT),
        "RUNNER_TEMP": str(temp),
        **{name: str(file) for name, file in files.items()},
        **variables,
    }
    log, code = "", 0
    for step in action["runs"]["steps"]:
        assert step["shell"] == "bash"
        own = {name: _filled(str(value), given) for name, value in step.get("env", {}).items()}
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        done = _run(shell, clone, {**environment, **own})
        log, code = log + done.stdout + done.stderr, done.returncode
        if code:
            break
    pairs = (line.partition("=") for line in files["GITHUB_OUTPUT"].read_text().splitlines())
    said = {name: value for name, _, value in pairs}
    declared = {name: _output(each["value"]) for name, each in action["outputs"].items()}
    outputs = {name: said[key] for name, key in declared.items()}
    return Ran(code, log, outputs, files["GITHUB_STEP_SUMMARY"].read_text())


def run_component(clone: Path, variables: Mapping[str, str], **inputs: str) -> Ran:
    """The script of templates/braid.yml as GitLab's runner runs it."""
    spec, _, jobs = COMPONENT.read_text().partition("\n---\n")
    declared = yaml.safe_load(spec)["spec"]["inputs"]
    given = {name: inputs.get(name, each.get("default")) for name, each in declared.items()}
    assert None not in given.values()
    job = yaml.safe_load(re.sub(r"\$\[\[ inputs\.(\w+) \]\]", lambda found: str(given[found[1]]), jobs))[
        "braid"
    ]
    own = {name: str(value if value is not None else "") for name, value in job["variables"].items()}
    environment = {
        **_kept(),
        "GITLAB_CI": "true",
        "CI_PROJECT_DIR": str(clone),
        **own,
        "BRAID_HOME": str(ROOT),
    }
    script = "set -eo pipefail\n" + "\n".join(job["script"])
    done = _run(["bash", "-c", script], clone, {**environment, **variables})
    report = str(clone / job["artifacts"]["reports"]["junit"])
    return Ran(done.returncode, done.stdout + done.stderr, {"junit": report})


def _kept() -> dict[str, str]:
    return {name: os.environ[name] for name in _KEPT if name in os.environ}


def _filled(text: str, inputs: Mapping[str, str]) -> str:
    """Inputs; all else is empty, as for an action that lies in the repository itself."""
    return re.sub(
        r"\$\{\{\s*(?:inputs\.(\w+)|.*?)\s*\}\}", lambda found: inputs.get(found[1] or "", ""), text
    )


def _output(expression: str) -> str:
    """The step's output that an action's output hands on."""
    found = re.fullmatch(r"\$\{\{ steps\.braid\.outputs\.(\w+) \}\}", expression)
    assert found
    return found[1]


def _run(
    command: list[str], folder: Path, environment: Mapping[str, str]
) -> "subprocess.CompletedProcess[str]":
    done: Any = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done
