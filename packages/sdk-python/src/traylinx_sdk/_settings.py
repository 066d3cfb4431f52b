from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal, Union

from ._address import Address, parse_address
from ._api_key import parse_api_key
from ._expiry import ExpiryWarning, warn
from ._hidden import Hidden
from .errors import ConfigurationError

CredentialKind = Literal["api_key", "admin_token", "service_token"]


class FromEnvironment(Enum):
    """The type of FROM_ENVIRONMENT."""

    FROM_ENVIRONMENT = "from the environment"


#: What is not given is looked up in the environment, while None is none.
FROM_ENVIRONMENT: Final = FromEnvironment.FROM_ENVIRONMENT

Credential = Union[str, FromEnvironment, None]

#: Where each credential is looked for.
CREDENTIAL_VARIABLES: Final[Mapping[CredentialKind, str]] = {
    "api_key": "TRAYLINX_API_KEY",
    "admin_token": "TRAYLINX_ADMIN_TOKEN",
    "service_token": "TRAYLINX_SERVICE_TOKEN",
}

#: About 24 days, as in the other SDKs.
_LONGEST_TIMEOUT_S = 2_147_483
_MAX_RETRIES = 10


@dataclass(frozen=True)
class Settings:
    base: Address
    credentials: Mapping[CredentialKind, Hidden[str] | None]
    timeout_s: float
    verify_timeout_s: float
    delete_timeout_s: float
    max_retries: int
    user_agent: str | None
    on_expiry_warning: Callable[[ExpiryWarning], None]


def resolve_settings(
    *,
    given: Mapping[CredentialKind, Hidden[Credential]],
    base_url: str | None,
    timeout_s: float,
    verify_timeout_s: float,
    delete_timeout_s: float,
    max_retries: int,
    user_agent: str | None,
    on_expiry_warning: Callable[[ExpiryWarning], None] | None,
    env: Hidden[Mapping[str, str] | None],
) -> Settings:
    """Raises ConfigurationError that names what is missing or wrong, and never shows a secret."""
    # Hidden, as all of it would be in reports that list the variables of failing frames.
    environment = Hidden(_or_process(env.reveal()))
    credentials: dict[CredentialKind, Hidden[str] | None] = {
        kind: _find_credential(kind, given[kind], environment) for kind in CREDENTIAL_VARIABLES
    }
    if not any(credentials.values()) and given["api_key"].reveal() is FROM_ENVIRONMENT:
        raise ConfigurationError(
            "No API key: set TRAYLINX_API_KEY, or pass api_key=…. For management calls set TRAYLINX_ADMIN_TOKEN; "
            "to verify the keys of others without a credential, pass api_key=None."
        )
    if user_agent is not None and not re.fullmatch(r"[\x20-\x7e]+", user_agent):
        raise ConfigurationError("user_agent must be printable ASCII, such as my-service/1.2.")
    return Settings(
        base=_find_base(base_url, environment.reveal().get("TRAYLINX_BASE_URL", "")),
        credentials=credentials,
        timeout_s=seconds("timeout_s", timeout_s),
        verify_timeout_s=seconds("verify_timeout_s", verify_timeout_s),
        delete_timeout_s=seconds("delete_timeout_s", delete_timeout_s),
        max_retries=retries(max_retries),
        user_agent=user_agent,
        on_expiry_warning=on_expiry_warning or warn,
    )


def _or_process(env: Mapping[str, str] | None) -> Mapping[str, str]:
    return os.environ if env is None else env


def seconds(name: str, value: float) -> float:
    """Checked again for every call that brings its own."""
    if _is_number(value) and 0 < value <= _LONGEST_TIMEOUT_S:
        return value
    raise ConfigurationError(f"{name} must be seconds, more than 0 and at most {_LONGEST_TIMEOUT_S}.")


def retries(value: int) -> int:
    if isinstance(value, int) and _is_number(value) and 0 <= value <= _MAX_RETRIES:
        return value
    raise ConfigurationError(f"max_retries must be a whole number from 0 to {_MAX_RETRIES}.")


def _is_number(value: float) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _find_credential(
    kind: CredentialKind, given: Hidden[Credential], environment: Hidden[Mapping[str, str]]
) -> Hidden[str] | None:
    variable = CREDENTIAL_VARIABLES[kind]
    text = Hidden(
        environment.reveal().get(variable, "") if given.reveal() is FROM_ENVIRONMENT else given.reveal()
    )
    if text.reveal() is None:
        return None
    source = variable if given.reveal() is FROM_ENVIRONMENT else f"{kind} (else {variable})"
    if not isinstance(text.reveal(), str):
        raise ConfigurationError(f"{source} must be a text.")
    secret = Hidden(str(text.reveal()).strip())
    # A key that is passed, and empty, was meant to be one.
    is_absent = secret.reveal() == "" and (kind != "api_key" or given.reveal() is FROM_ENVIRONMENT)
    if is_absent:
        return None
    return parse_api_key(secret, source) if kind == "api_key" else _parse_token(secret, source)


def _parse_token(token: Hidden[str], source: str) -> Hidden[str]:
    if token.reveal().startswith("tlx_"):
        raise ConfigurationError(f"{source} holds a project API key. Those are for TRAYLINX_API_KEY alone.")
    if not re.fullmatch(r"[\x21-\x7e]+", token.reveal()):
        raise ConfigurationError(f"{source} has white space or other characters in it that no token has.")
    return token


def _find_base(option: str | None, variable: str) -> Address:
    text = variable if option is None else option
    if text.strip() == "":
        raise ConfigurationError(
            "No address of the gateway: set TRAYLINX_BASE_URL, or pass base_url=…, such as https://api.example.com."
        )
    return parse_address(text, "TRAYLINX_BASE_URL" if option is None else "base_url (else TRAYLINX_BASE_URL)")
