"""The listening socket, bound once and inherited by every API process."""

import errno
import socket
import sys

BACKLOG = 2048
UNTAKEN = 60_000
"""Milliseconds after which the kernel gives up a connection whose other end takes nothing of what it is sent."""


class AddressUnavailable(Exception):
    """Nobody can listen there; the message says why and what to do."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Connections wait in it while an API process is replaced, instead of being refused."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as unknown:
        raise AddressUnavailable(f"HOST {host!r} is no address: {unknown.strerror}") from unknown
    listening = socket.socket(family, kind, protocol)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if sys.platform.startswith("linux"):  # each connection inherits it
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNTAKEN)
    try:
        listening.bind(address)
        listening.listen(BACKLOG)
    except OSError as refused:
        listening.close()
        raise AddressUnavailable(_reason(refused, host, port)) from refused
    listening.setblocking(False)
    return listening


def _reason(refused: OSError, host: str, port: int) -> str:
    match refused.errno:
        case errno.EADDRINUSE:
            return f"port {port} on {host} is taken; stop what listens there, or set PORT to another"
        case errno.EACCES:
            return f"port {port} is not ours to open; set PORT to one above 1023"
        case errno.EADDRNOTAVAIL:
            return f"{host} is not an address of this machine; set HOST"
        case _:
            return f"cannot listen on {host}:{port}: {refused.strerror}"
