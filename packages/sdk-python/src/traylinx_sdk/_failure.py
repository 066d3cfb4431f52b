from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator

from ._address import Address
from .errors import ConnectionError, ConnectionFailure


def to_connection_error(error: BaseException, base: Address, request_id: str) -> ConnectionError:
    """What a transport has raised, in words that help."""
    reason, because = _reason(error)
    failure = ConnectionError(_message(reason, because, base), reason, request_id)
    failure.__cause__ = error
    return failure


def never_arrived(error: ConnectionError) -> bool:
    """The request has certainly had no effect."""
    return error.reason in ("refused", "unknown_host", "tls")


def forget_frames(error: BaseException) -> None:
    """Frames of other libraries may have the request in their variables, which some reports of errors show."""
    for link in _chain(error):
        link.__traceback__ = None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """``connection failed`` says nothing; what happened is in a cause."""
    at: BaseException | None = error
    for _ in range(8):
        if at is None:
            return
        yield at
        at = at.__cause__ or at.__context__


def _reason(error: BaseException) -> tuple[ConnectionFailure, str]:
    for link in _chain(error):
        # Those two say that the other side has gone, not that it is not to be trusted.
        if isinstance(link, ssl.SSLError) and not isinstance(link, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
            return "tls", getattr(link, "verify_message", None) or getattr(link, "reason", None) or "TLS"
        if isinstance(link, socket.gaierror):
            return "unknown_host", link.strerror or "unknown host"
        if isinstance(link, ConnectionRefusedError):
            return "refused", "ECONNREFUSED"
    code = next((link.errno for link in _chain(error) if isinstance(link, OSError) and link.errno), None)
    return "lost", str(error) if code is None else errno.errorcode.get(code, str(code))


def _message(reason: ConnectionFailure, code: str, base: Address) -> str:
    host = base.authority
    because = f" ({code})" if code else ""
    if reason == "refused":
        return (
            f"Nothing listens at {host}{because}. Is the gateway running, and TRAYLINX_BASE_URL its address?"
        )
    if reason == "unknown_host":
        return f"There is no host {host}{because}. Check TRAYLINX_BASE_URL, and whether this machine has a network."
    if reason == "tls":
        advice = (
            f"Does it speak plain http, rather than {base.scheme}?"
            if "WRONG_VERSION" in code or "RECORD_LAYER" in code or "PACKET_LENGTH" in code
            else "Check its certificate and the clock of this machine; name a private authority in SSL_CERT_FILE."
        )
        return f"No secure connection to {host}{because}. {advice}"
    return f"The connection to {host} was lost before the answer{because}. Look before you repeat a change."
