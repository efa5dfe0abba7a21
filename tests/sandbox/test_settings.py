"""Settings from the environment, and folders that must be ours."""

from pathlib import Path

import pytest

from sandbox import SandboxSettings
from sandbox.errors import UnsafeFolder
from sandbox.folders import fits_socket, is_reachable, own_folder


def test_every_setting_has_a_variable() -> None:
    found = SandboxSettings.from_environment(
        {
            "SANDBOX_URLS": "postgresql://a/x, postgresql://b/y",
            "SANDBOX_DISK_MB": "77",
            "SANDBOX_IDLE_S": "1.5",
            "SANDBOX_MOUNT": "0",
            "SANDBOX_FOLDER": "/somewhere",
            "SANDBOX_HOME": "",
        }
    )
    assert found.urls == ("postgresql://a/x", "postgresql://b/y")
    assert (found.disk_mb, found.idle_s, found.mount) == (77, 1.5, False)
    assert (found.folder, found.home) == (Path("/somewhere"), None)


@pytest.mark.parametrize(("name", "text"), [("SANDBOX_DISK_MB", "much"), ("SANDBOX_MOUNT", "perhaps")])
def test_unreadable_setting_is_named(name: str, text: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be a number, not '{text}'"):
        SandboxSettings.from_environment({name: text})


def test_planted_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "planted").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnsafeFolder, match="not a folder of this user"):
        own_folder(tmp_path / "planted")


def test_open_folder_is_closed(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    assert own_folder(tmp_path / "open").stat().st_mode & 0o777 == 0o755


def test_folder_below_a_private_one_is_out_of_reach(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    assert not is_reachable(private / "below")
    assert is_reachable(Path("/"))


def test_socket_paths_have_a_limit() -> None:
    assert fits_socket(Path("/tmp/short"))
    assert not fits_socket(Path("/tmp") / ("x" * 100))
