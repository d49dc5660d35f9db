"""The door at which the service listens."""

from __future__ import annotations

import socket

from features.errors import HuitouError


def listening(host: str, port: int) -> socket.socket:
    """A socket at which requests arrive; they wait there until the service has started.

    Raises :class:`HuitouError` when the address cannot be used.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise HuitouError(
            f"host and port must be free to listen at; got {host} and {port}: {reason}. Choose another --port.",
            field="port",
            value=port,
        ) from None
