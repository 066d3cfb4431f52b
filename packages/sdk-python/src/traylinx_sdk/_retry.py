from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from ._expiry import sent_at

#: Seconds before the first retry, on average three quarters of it; doubled each time.
_FIRST_DELAY_S = 0.25
_LONGEST_DELAY_S = 8.0


def retry_delay_s(retry: int, retry_after_s: float | None, random: float) -> float:
    """Seconds to wait before a retry (0 for the first one). The gateway's own wish counts when it has one, with up to a
    quarter more, so that those who were refused together do not come back together. ``random`` is from 0 to 1.
    """
    if retry_after_s is not None:
        return retry_after_s * (1 + random / 4)
    return min(_LONGEST_DELAY_S, _FIRST_DELAY_S * 2.0**retry) * (0.5 + random / 2)


def parse_retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, from ``Retry-After``: seconds or a date. A date is compared with the answer's own ``Date``."""
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return float(text)
    if not re.match(r"[A-Z][a-z]{2}, \d", text):
        return None
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - sent_at(headers))
    except (ValueError, TypeError, OverflowError):
        return None


def is_retryable_status(status: int) -> bool:
    return status in (408, 429) or status >= 500
