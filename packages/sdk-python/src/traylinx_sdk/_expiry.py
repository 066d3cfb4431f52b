from __future__ import annotations

import math
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

_DAY_S = 86_400


class ApiKeyExpiryWarning(UserWarning):
    """The key that a client calls with is about to expire."""


@dataclass(frozen=True)
class ExpiryWarning:
    """What a client is told once, when the key that it calls with is about to expire."""

    #: For people.
    message: str
    expires_at: datetime


class ExpiryWatch:
    """The gateway says when the key of a call is about to expire; its caller is told once."""

    def __init__(self, tell: Callable[[ExpiryWarning], None]) -> None:
        self._tell = tell
        # Taken by the first who warns, and never given back.
        self._turn = threading.Lock()

    def look(self, headers: Mapping[str, str]) -> None:
        text = headers.get("x-api-key-expires-at", "")
        try:
            expires_at = datetime.fromisoformat(text.replace("Z", "+00:00"))
            left_s = expires_at.timestamp() - sent_at(headers)
        except (ValueError, OverflowError, OSError):
            return
        if not self._turn.acquire(blocking=False):
            return
        days = math.floor(left_s / _DAY_S)
        when = "in less than a day" if days < 1 else f"in {days} {'day' if days == 1 else 'days'}"
        self._tell(
            ExpiryWarning(
                f"The Traylinx API key expires {when} ({text}). Have a replacement made before that.",
                expires_at,
            )
        )


def sent_at(headers: Mapping[str, str]) -> float:
    """Seconds since 1970 by the clock of who answered, as the one here may be wrong; by ours when it does not say."""
    try:
        return parsedate_to_datetime(headers.get("date", "")).timestamp()
    except (ValueError, TypeError, OverflowError):
        return time.time()


def warn(warning: ExpiryWarning) -> None:
    # Beyond our own frames there is no telling whose call it was: the message says what to do.
    warnings.warn(warning.message, ApiKeyExpiryWarning, stacklevel=2)
