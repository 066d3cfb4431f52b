"""Makes the blocking half of the package of the asyncio one, so that the two cannot differ: `python3 make_sync.py`.
A test fails when somebody has forgotten it."""

from __future__ import annotations

import re
from pathlib import Path

PACKAGE = Path(__file__).parent / "src" / "traylinx_sdk"
NOTE = "# Made of the file of the same name in `_async` by make_sync.py. Change that one.\n"

REPLACEMENTS = [
    (
        r"\bfrom collections\.abc import AsyncIterator, Awaitable, Callable\b",
        "from collections.abc import Callable, Iterator",
    ),
    (r"\bAwaitable\[Answer\[Page\[T\]\]\]", "Answer[Page[T]]"),
    (r"\bfrom asyncio import sleep\b", "from time import sleep"),
    (r"\bfrom \.\._asyncio import AsyncStandardTransport\b", "from .._sockets import StandardTransport"),
    (r"\basync (def|for|with)\b", r"\1"),
    (r"\bawait ", ""),
    (r"\baclose\b", "close"),
    (r"__a(iter|enter|exit)__", r"__\1__"),
    (r"\bAsync([A-Z]\w*)", r"\1"),
]


def files() -> dict[Path, str]:
    """What the blocking half has to be."""
    return {
        PACKAGE / "_sync" / source.name: _to_sync(source.read_text())
        for source in (PACKAGE / "_async").glob("*.py")
    }


def _to_sync(text: str) -> str:
    for pattern, replacement in REPLACEMENTS:
        text = re.sub(pattern, replacement, text)
    return NOTE + text


if __name__ == "__main__":
    for path, text in files().items():
        path.write_text(text)
