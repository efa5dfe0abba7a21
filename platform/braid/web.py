"""`python -m braid.web`: serves the site, git and the API with uvicorn on HOST and PORT.

`make up` binds the port itself and hands the socket over in BRAID_LISTEN_FD, so that the port stays ours
while the process is started again.
"""

import os
import socket
import sys

import uvicorn

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "braid.settings")

from braid.connections import GuardedProtocol
from braid.environment import number, text, words

BACKLOG = 512


def main() -> int:
    server = uvicorn.Server(_config())
    server.run(sockets=[_listen()])
    return 0 if server.started else 1


def _config() -> uvicorn.Config:
    return uvicorn.Config(
        "braid.asgi:application",
        http=GuardedProtocol,
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        backlog=BACKLOG,
        timeout_graceful_shutdown=3,
        proxy_headers=bool(words("BRAID_TRUSTED_PROXIES")),
        forwarded_allow_ips=words("BRAID_TRUSTED_PROXIES"),
    )


def _listen() -> socket.socket:
    inherited = number("BRAID_LISTEN_FD", -1)
    if inherited >= 0:
        return socket.socket(fileno=inherited)
    return bind(text("HOST", "127.0.0.1"), number("PORT", 8000))


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; OSError where the address is taken or not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


if __name__ == "__main__":
    sys.exit(main())
