from __future__ import annotations

import secrets
import zlib

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def make_key() -> str:
    """A well-formed key that no gateway knows, made by other means than those of the package."""
    start = "tlx_" + "".join(secrets.choice(_ALPHABET) for _ in range(43))
    checksum = zlib.crc32(start.encode())
    return start + "".join(_ALPHABET[checksum // 62**place % 62] for place in range(5, -1, -1))
