"""`python -m braid.up`: the order in which everything starts, and stops."""

import asyncio
import contextlib
import errno
import socket
import sys
from collections.abc import Sequence

import psycopg

from braid.environment import SettingError
from braid.up.instance import Instance, InUse
from braid.up.options import Options, read_options
from braid.up.orphans import end_orphans
from braid.up.supervisor import Failed, Supervisor
from braid.web import bind
from sandbox.errors import SandboxError


class PortTaken(Exception):
    """The address cannot be listened on."""


def main() -> int:
    try:
        options = read_options()
        instance = Instance(options.var)
        instance.take(options.base_url)
        with contextlib.closing(_listen(options)) as listener:
            end_orphans(options.var)
            return asyncio.run(Supervisor(options, instance, listener).run())
    except (SettingError, InUse, PortTaken, SandboxError, Failed, psycopg.OperationalError) as error:
        return _give_up(str(error))
    except PermissionError as error:
        return _give_up(f"{error.filename} cannot be written by this user; name another folder in BRAID_VAR")
    except KeyboardInterrupt:
        return 0


def _listen(options: Options) -> socket.socket:
    try:
        return bind(options.host, options.port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(
                f"port {options.port} on {options.host} is taken by another program. "
                f"Choose another one: make up PORT={options.port + 1}"
            ) from None
        raise PortTaken(f"{options.host}:{options.port} cannot be listened on: {error.strerror}") from None


def _give_up(*lines: Sequence[str] | str) -> int:
    print("braid:", *lines, file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
