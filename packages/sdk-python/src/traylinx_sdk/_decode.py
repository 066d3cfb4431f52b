"""From JSON to the classes of `types`, by their annotations."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime, timezone
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


class ShapeError(Exception):
    """The JSON has another shape. Of nobody's concern outside: it becomes an UnexpectedAnswerError."""


def decoder(cls: type[T]) -> Callable[[object], T]:
    """What makes an instance of a dataclass of a JSON object. Unknown members are left out; what may be None may be
    absent."""
    hints = get_type_hints(cls)
    members = [
        (f.name, camel_case(f.name), _converter(hints[f.name])) for f in fields(cls) if f.default is MISSING
    ]

    def decode(value: object) -> T:
        if not isinstance(value, dict):
            raise ShapeError
        return cls(**{name: convert(value.get(json_name)) for name, json_name, convert in members})

    return decode


def camel_case(name: str) -> str:
    """``project_id`` is ``projectId``, and ``from_`` is ``from``."""
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name.rstrip("_"))


def _converter(hint: Any) -> Callable[[object], object]:
    if get_origin(hint) is UnionType:
        (other,) = (option for option in get_args(hint) if option is not type(None))
        convert = _converter(other)
        return lambda value: None if value is None else convert(value)
    if get_origin(hint) is tuple:
        return _tuple_of(_converter(get_args(hint)[0]))
    if hint is datetime:
        return _time
    if is_dataclass(hint):
        return decoder(hint)
    return _instance_of(hint)


def _tuple_of(convert: Callable[[object], object]) -> Callable[[object], object]:
    def decode(value: object) -> object:
        if not isinstance(value, list):
            raise ShapeError
        return tuple(convert(item) for item in value)

    return decode


def _instance_of(cls: type[object]) -> Callable[[object], object]:
    def decode(value: object) -> object:
        # True is an int in Python, and in no answer.
        if not isinstance(value, cls) or isinstance(value, bool):
            raise ShapeError
        return value

    return decode


def _time(value: object) -> datetime:
    try:
        # Python 3.10 does not know Z.
        time = datetime.fromisoformat(re.sub(r"Z$", "+00:00", str(value)))
    except ValueError:
        raise ShapeError from None
    if time.tzinfo is None:
        raise ShapeError
    return time.astimezone(timezone.utc)
