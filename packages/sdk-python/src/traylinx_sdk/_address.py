from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Union
from urllib.parse import SplitResult, quote, urlencode, urlsplit

from .errors import ConfigurationError

QueryValue = Union[str, int, float, bool, datetime, None]

_DEFAULT_PORTS = {"http": 80, "https": 443}
#: Of paths and queries; what is none of these is percent-encoded.
_SAFE = "/?&=%:@!$'()*+,;~-._"


@dataclass(frozen=True)
class Address:
    """Of the gateway: ``https://api.example.com/below``."""

    scheme: str
    #: Without the brackets of IPv6.
    host: str
    port: int
    #: Empty, or begins with a slash and ends without one.
    path: str

    @property
    def authority(self) -> str:
        """As in the Host header: without the port when it is the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.path}"

    def join(self, path: str, query: Mapping[str, QueryValue]) -> str:
        """Where a call goes. Raises ConfigurationError when that is not below this address."""
        segments = re.split(r"[/\\]", re.sub("%2e", ".", path.partition("?")[0], flags=re.IGNORECASE))
        if (
            not re.match(r"/(?!/)", path)
            or re.search(r"[\x00-\x1f\x7f\\#]", path)
            or not {".", ".."}.isdisjoint(segments)
        ):
            raise ConfigurationError("The path must begin with / and stay below the address of the gateway.")
        texts = {name: query_text(value) for name, value in query.items() if value is not None}
        separator = "&" if "?" in path else "?"
        return f"{self}{quote(path, safe=_SAFE)}{separator + urlencode(texts) if texts else ''}"


def parse_address(text: str, source: str) -> Address:
    """``source`` is where it came from, for the message. Raises ConfigurationError that says what is wrong with it."""
    split = _split(text.strip())
    if split is None or split.scheme not in _DEFAULT_PORTS or not split.hostname:
        raise ConfigurationError(f"{source} must be an address that begins with https:// or http://.")
    if "@" in split.netloc or "?" in text or "#" in text:
        raise ConfigurationError(f"{source} must have no user, password, query or fragment.")
    try:
        host = split.hostname if ":" in split.hostname else split.hostname.encode("idna").decode()
        port = split.port
    except ValueError:
        raise ConfigurationError(f"The host or the port of {source} cannot be right.") from None
    path = quote(split.path.rstrip("/"), safe=_SAFE)
    return Address(split.scheme, host, _DEFAULT_PORTS[split.scheme] if port is None else port, path)


def _split(text: str) -> SplitResult | None:
    # urlsplit would take line breaks away without a word.
    if re.search(r"[\x00-\x20\x7f\\]", text):
        return None
    try:
        return urlsplit(text)
    except ValueError:
        return None


def segment(name: str, identifier: str) -> str:
    """One segment of a path. Raises ConfigurationError for what would make it another path."""
    if not isinstance(identifier, str) or identifier in {"", ".", ".."}:
        raise ConfigurationError(f"{name} must be an id.")
    return quote(identifier, safe="")


def query_text(value: QueryValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return timestamp(value) if isinstance(value, datetime) else str(value)


def timestamp(time: datetime | str) -> str:
    """RFC 3339 with milliseconds. Raises ConfigurationError for a time without its zone, which could be any."""
    if isinstance(time, str):
        return time
    if time.tzinfo is None:
        raise ConfigurationError(
            "The datetime has no time zone: make it with one, as datetime.now(timezone.utc)."
        )
    return time.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
