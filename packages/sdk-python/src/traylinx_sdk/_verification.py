from __future__ import annotations

from ._decode import ShapeError, decoder
from .types import (
    BatchVerification,
    RefusedVerification,
    UnknownVerification,
    ValidVerification,
    Verification,
)

#: Keys that the gateway takes in one question.
BATCH_KEYS = 500

_valid = decoder(ValidVerification)
_refused = decoder(RefusedVerification)


def decode_verification(value: object) -> Verification:
    verification = _decode(value)
    if isinstance(verification, UnknownVerification):
        raise ShapeError
    return verification


def decode_verifications(value: object) -> list[BatchVerification]:
    results = value.get("results") if isinstance(value, dict) else None
    if not isinstance(results, list):
        raise ShapeError
    return [_decode(result) for result in results]


def _decode(value: object) -> BatchVerification:
    """Nothing but a whole "yes" is one."""
    if not isinstance(value, dict):
        raise ShapeError
    if value.get("valid") is True and value.get("code") == "VALID":
        return _valid(value)
    if value.get("valid") is False:
        return _refused(value)
    if value.get("valid") is None and value.get("code") == "UNAVAILABLE":
        return UnknownVerification()
    raise ShapeError
