"""The package as a whole: its two halves, its types, its names, and what people install."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import make_sync
import pytest

import traylinx_sdk as sdk
from traylinx_sdk import errors, types
from traylinx_sdk._decode import camel_case

PACKAGE = Path(__file__).parent.parent
REPOSITORY = PACKAGE.parent.parent
SOURCES = sorted((PACKAGE / "src").rglob("*.py"))


def run(*command: str, **environment: str) -> str:
    result = subprocess.run(
        [sys.executable, *command],
        cwd=PACKAGE,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_the_blocking_half_is_what_make_sync_makes_of_the_other() -> None:
    made = make_sync.files()
    assert {path.name for path in made} == {
        path.name for path in (PACKAGE / "src/traylinx_sdk/_sync").glob("*.py")
    }
    for path, text in made.items():
        assert path.read_text() == text, f"run python3 make_sync.py, for {path.name}"
        assert not re.search(r"\b(async|await|asyncio)\b", text.replace(make_sync.NOTE, "")), path.name


def surface(target: object) -> set[str]:
    return {name for name in dir(target) if not name.startswith("_")}


@pytest.mark.parametrize(
    ("python", "javascript"),
    [
        (sdk.Traylinx, "traylinx.ts"),
        (sdk.ApiKeys, "api-keys.ts"),
        (sdk.Projects, "projects.ts"),
        (sdk.AuditEvents, "audit-events.ts"),
    ],
)
def test_calls_have_the_names_of_the_javascript_sdk(python: type, javascript: str) -> None:
    text = (REPOSITORY / "packages/sdk-js/src" / javascript).read_text()
    theirs = set(re.findall(r"^  (?:async )?(\w+)(?:<\w+(?: = \w+)?>)?\($", text, re.M))
    theirs |= set(re.findall(r"^  (?:async )?(\w+)(?:<[^>]+>)?\(.*\{$", text, re.M)) - {
        "constructor",
        "toJSON",
    }
    assert {camel_case(name) for name in surface(python)} - {"close"} == theirs - {"constructor"}


def test_errors_have_the_names_of_the_javascript_sdk() -> None:
    text = (REPOSITORY / "packages/sdk-js/src/errors.ts").read_text()
    theirs = set(re.findall(r"^export class (\w+)", text, re.M))
    # A task of Python is cancelled with Python's own error.
    ours = {
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, Exception)
    }
    assert ours == theirs - {"AbortedError"}


#: Our names, and those of the API document.
SAME = {
    "Admin": "Principal",
    "ApiKey": "ApiKey",
    "ApiKeyUsage": "ApiKeyUsage",
    "AuditEvent": "AuditEvent",
    "CreatedApiKey": "CreatedApiKey",
    "DeletedApiKey": "DeletedApiKey",
    "Identity": "IdentifyApiKeyResponse",
    "KeyOwner": "LookupApiKeyResponse",
    "Project": "Project",
    "Role": "Role",
    "UsageGap": "UsageGap",
    "UsageSummary": "ApiKeyUsageSummary",
    "UsesOfDay": "UsesOfDay",
    "UsesOfHour": "UsesOfHour",
}
#: Of sessions in browsers, which have no place here.
LEFT_OUT = {"csrfToken"}
DOCUMENT = json.loads((REPOSITORY / "docs/openapi.json").read_text())
SCHEMAS = DOCUMENT["components"]["schemas"]


@pytest.mark.parametrize(("ours", "theirs"), SAME.items())
def test_types_have_what_the_api_document_says_and_nothing_else(ours: str, theirs: str) -> None:
    documented = {
        name: '"null"' in json.dumps([schema.get("type"), schema.get("anyOf")])
        for name, schema in SCHEMAS[theirs]["properties"].items()
        if name not in LEFT_OUT
    }
    cls: Any = getattr(types, ours)
    hints = inspect.get_annotations(cls)
    for base in cls.__mro__[1:-1]:
        hints = {**inspect.get_annotations(base), **hints}
    assert {camel_case(f.name): "None" in hints[f.name] for f in dataclasses.fields(cls)} == documented


@pytest.mark.parametrize(
    ("call", "path"),
    [
        (sdk.ApiKeys.list, "/v1/projects/{projectId}/api-keys"),
        (sdk.ApiKeys.list_all, "/v1/api-keys"),
        (sdk.ApiKeys.list_deleted, "/v1/projects/{projectId}/deleted-api-keys"),
        (sdk.ApiKeys.usage, "/v1/projects/{projectId}/api-keys/{keyId}/usage"),
        (sdk.Projects.list, "/v1/projects"),
        (sdk.AuditEvents.list, "/v1/audit-events"),
    ],
)
def test_lists_take_what_the_api_document_says_and_nothing_else(call: Any, path: str) -> None:
    documented = {p["name"] for p in DOCUMENT["paths"][path]["get"]["parameters"] if p["in"] == "query"}
    parameters = inspect.signature(call).parameters.values()
    named = {camel_case(p.name) for p in parameters if p.kind is p.KEYWORD_ONLY}
    assert named - {"timeoutS", "maxRetries", "requestId"} == documented - {"cursor"}


def test_says_its_own_version() -> None:
    of_the_other = json.loads((REPOSITORY / "packages/sdk-js/package.json").read_text())["version"]
    assert sdk.__version__ == of_the_other


def test_exports_what_it_lists_and_lists_what_it_has() -> None:
    assert set(sdk.__all__) - {"__version__"} == {
        name for name, value in vars(sdk).items() if not name.startswith("_") and not inspect.ismodule(value)
    } - {"annotations"}
    assert all(hasattr(sdk, name) for name in sdk.__all__)


@pytest.mark.parametrize("path", SOURCES, ids=[path.name for path in SOURCES])
def test_is_python_of_its_oldest_version_in_files_of_our_size(path: Path) -> None:
    text = path.read_text()
    ast.parse(text, feature_version=(3, 10))
    assert len(text.splitlines()) <= 300
    assert max(map(len, text.splitlines()), default=0) <= 125


@pytest.mark.parametrize(
    "cls", [sdk.Traylinx, sdk.AsyncTraylinx, sdk.ApiKeys, sdk.Projects, sdk.AuditEvents, sdk.Paged]
)
def test_every_call_has_a_docstring(cls: type) -> None:
    for name in surface(cls):
        if callable(getattr(cls, name)):
            assert inspect.getdoc(getattr(cls, name)), name


def test_is_typed_throughout(tmp_path: Path) -> None:
    run("-m", "mypy", "--cache-dir", str(tmp_path), PYTHONDONTWRITEBYTECODE="1")


def test_needs_nothing_but_python(tmp_path: Path) -> None:
    code = "import sys; sys.modules.update(httpx=None); import traylinx_sdk; print(traylinx_sdk.Traylinx.__name__)"
    assert run("-c", code, PYTHONPATH=str(PACKAGE / "src")) == "Traylinx\n"


def test_is_built_into_a_wheel_with_its_types_and_without_its_tests(tmp_path: Path) -> None:
    run("-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path))
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name == f"traylinx_sdk-{sdk.__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "installed")
    info = f"traylinx_sdk-{sdk.__version__}.dist-info"
    expected = {path.relative_to(PACKAGE / "src").as_posix() for path in SOURCES} | {"traylinx_sdk/py.typed"}
    assert {name for name in names if not name.startswith(info)} == expected
    metadata = (tmp_path / "installed" / info / "METADATA").read_text()
    assert (
        "Requires-Python: >=3.10" in metadata and "Requires-Dist: httpx>=0.23; extra == 'httpx'" in metadata
    )
    assert "# Traylinx for Python" in metadata
    code = "import traylinx_sdk; print(traylinx_sdk.__file__)"
    assert run("-c", code, PYTHONPATH=str(tmp_path / "installed")).startswith(str(tmp_path))


def test_is_laid_out_by_black() -> None:
    run("-m", "black", "--check", "--quiet", "src", "tests", "e2e", "make_sync.py")
