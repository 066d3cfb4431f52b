from __future__ import annotations

import re
import zlib

from ._hidden import Hidden
from .errors import ConfigurationError

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_KEY = re.compile(r"tlx_[0-9A-Za-z]{49}", re.ASCII)
_CHECKSUM_CHARACTERS = 6


def parse_api_key(text: Hidden[str], source: str) -> Hidden[str]:
    """A key as people paste it: white space around it is taken away.

    ``source`` is where it came from, for the message: ``TRAYLINX_API_KEY``.
    Raises ConfigurationError that says what is wrong with it, without showing it.
    """
    complaint = _complaint_about(text.reveal().strip())
    if complaint is None:
        return Hidden(text.reveal().strip())
    raise ConfigurationError(f"{source} does not hold a Traylinx API key: {complaint}.")


def key_start(key: Hidden[str]) -> str:
    """The part of a key that may be shown: ``tlx_`` and four characters."""
    return key.reveal()[:8]


def _complaint_about(key: str) -> str | None:
    if _KEY.fullmatch(key):
        if key.endswith(_checksum(key[:-_CHECKSUM_CHARACTERS])):
            return None
        return "a character of it was lost or changed (its checksum is wrong). Copy it again"
    if re.fullmatch(r"[\"'`].*[\"'`]", key, re.DOTALL):
        return "there are quotation marks around it. Take them away"
    if re.match(r"bearer\s", key, re.IGNORECASE):
        return 'it begins with "Bearer". Give the key alone'
    if not key.startswith("tlx_"):
        return 'a key begins with "tlx_". Is it a credential of another kind?'
    if re.search(r"\s", key):
        return "there is white space inside it. Copy it again, in one piece"
    return f'a key has 53 characters, letters and digits after "tlx_"; this has {len(key)}. Copy it again'


def _checksum(text: str) -> str:
    rest = zlib.crc32(text.encode())
    digits = ""
    for _ in range(_CHECKSUM_CHARACTERS):
        rest, digit = divmod(rest, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits
