"""Against the real platform, which `TRAYLINX_BASE_URL` and `TRAYLINX_ADMIN_TOKEN` name."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from conftest import Blocking

import traylinx_sdk as sdk

NOBODY = "01a20541-1cf0-75e3-b3a8-5d4c9a1f7e20"


@pytest.fixture(scope="module", params=["blocking", "asyncio"])
def make(request: pytest.FixtureRequest) -> Iterator[Callable[..., Any]]:
    """Makes clients; address and admin token come from the environment."""
    loop = asyncio.new_event_loop()
    clients: list[Any] = []

    def make_client(**options: Any) -> Any:
        made = (
            Blocking(sdk.AsyncTraylinx(**options), loop)
            if request.param == "asyncio"
            else sdk.Traylinx(**options)
        )
        clients.append(made)
        return made

    yield make_client
    for made in clients:
        made.aclose() if isinstance(made, Blocking) else made.close()
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


@pytest.fixture(scope="module")
def admin(make: Callable[..., Any]) -> Any:
    return make(api_key=None)


@pytest.fixture(scope="module")
def project_id(admin: Any) -> str:
    return str(admin.projects.create("Python").id)


def eventually(check: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + 60
    while not check():
        assert time.monotonic() < ends_at
        time.sleep(0.05)


def test_says_whose_key_it_is(make: Any, admin: Any, project_id: str) -> None:
    created = admin.api_keys.create(project_id, note="CI")
    identity = make(api_key=f" {created.key}\n").whoami()
    assert identity == sdk.Identity(project_id, "Python", created.id, created.key_start, "CI", None)


def test_verifies_one_key_and_many_and_whoami_is_no_use(make: Any, admin: Any, project_id: str) -> None:
    created = admin.api_keys.create(project_id)
    make(api_key=created.key).whoami()
    assert admin.api_keys.get(project_id, created.id).usage.verdict == "never_used"
    yes = sdk.ValidVerification(created.id, project_id, None)
    assert admin.verify(f" {created.key}\n") == yes
    assert admin.verify(created.key, project_id=NOBODY) == sdk.RefusedVerification("WRONG_PROJECT")
    results = admin.batch_verify([created.key, "nonsense", created.key])
    assert results == [yes, sdk.RefusedVerification("MALFORMED"), yes]
    eventually(lambda: bool(admin.api_keys.get(project_id, created.id).usage.last24h == 3))
    usage = admin.api_keys.usage(project_id, created.id)
    assert (usage.verdict, usage.last24h, sum(day.uses for day in usage.daily)) == ("in_use", 3, 3)


def test_does_not_get_past_a_deletion_on_the_very_next_call(make: Any, admin: Any, project_id: str) -> None:
    for _ in range(10):
        created = admin.api_keys.create(project_id)
        holder = make(api_key=created.key)
        assert admin.verify(created.key)
        admin.api_keys.delete(project_id, created.id)
        assert admin.verify(created.key) == sdk.RefusedVerification("DELETED")
        with pytest.raises(sdk.AuthenticationError) as caught:
            holder.whoami()
        assert (caught.value.status, caught.value.code) == (401, "api_key_deleted")


def test_deletes_the_key_that_it_holds_and_takes_a_deleted_one_for_done(
    make: Any, admin: Any, project_id: str
) -> None:
    created = admin.api_keys.create(project_id)
    holder = make(api_key=created.key)
    holder.delete_own_key()
    holder.delete_own_key()
    with pytest.raises(sdk.AuthenticationError):
        holder.whoami()
    assert created.id in [deleted.id for deleted in admin.api_keys.list_deleted(project_id)]


def test_looks_up_whose_key_it_is_alive_and_deleted(admin: Any, project_id: str) -> None:
    created = admin.api_keys.create(project_id)
    owner = sdk.KeyOwner(project_id, created.id, created.key_start, "active")
    assert admin.api_keys.lookup(created.key) == owner
    admin.api_keys.delete(project_id, created.id)
    assert admin.api_keys.lookup(created.key).status == "deleted"
    with pytest.raises(sdk.NotFoundError) as caught:
        admin.api_keys.lookup("tlx_6nYfTKlhYMH1hM1U3pnNhb1fm2U9sm9S3AQTYBmoqIg2gBTni")
    assert caught.value.code == "api_key_not_found"


def test_makes_one_key_of_a_creation_that_is_repeated(admin: Any, project_id: str) -> None:
    again = {"note": "once", "idempotency_key": str(uuid.uuid4())}
    created = admin.api_keys.create(project_id, **again)
    with pytest.raises(sdk.ConflictError) as caught:
        admin.api_keys.create(project_id, **again)
    assert caught.value.code == "idempotency_key_reused"
    assert caught.value.problem is not None and caught.value.problem["keyId"] == created.id
    with pytest.raises(sdk.InvalidRequestError) as of_another_body:
        admin.api_keys.create(project_id, **{**again, "note": "twice"})
    assert of_another_body.value.code == "idempotency_key_mismatch"
    assert [key.id for key in admin.api_keys.list(project_id, q="once")] == [created.id]


def test_warns_once_of_a_key_that_is_about_to_expire(make: Any, admin: Any, project_id: str) -> None:
    expires_at = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(days=3)
    warnings: list[sdk.ExpiryWarning] = []
    holder = make(
        api_key=admin.api_keys.create(project_id, expires_at=expires_at).key,
        on_expiry_warning=warnings.append,
    )
    assert holder.whoami().expires_at == expires_at
    holder.whoami()
    assert [warning.expires_at for warning in warnings] == [expires_at]


def test_manages_keys_page_by_page(admin: Any) -> None:
    project = admin.projects.create("Many")
    made = [admin.api_keys.create(project.id, note=f"n {number}") for number in range(5)]
    listed = admin.api_keys.list(project.id, limit=2).to_list()
    assert {key.id for key in listed} == {key.id for key in made}
    assert {key.id for key in made} <= {key.id for key in admin.api_keys.list_all(limit=200)}
    first = made[0]
    assert admin.api_keys.change_note(project.id, first.id, "other").note == "other"
    replacement = admin.api_keys.create(project.id, replaces_key_id=first.id)
    assert (replacement.note, replacement.replaces_key_id) == ("other", first.id)
    with pytest.raises(sdk.ConflictError) as caught:
        admin.api_keys.create(project.id, replaces_key_id=first.id)
    assert caught.value.code == "already_replaced"
    with pytest.raises(sdk.ConflictError) as of_a_full_project:
        admin.projects.delete(project.id)
    assert of_a_full_project.value.code == "project_not_empty"
    name = f"Renamed {uuid.uuid4()}"
    assert admin.projects.rename(project.id, name).name == name
    assert [one.id for one in admin.projects.list(q=name)] == [project.id]
    empty = admin.projects.create("Empty")
    admin.projects.delete(empty.id)
    with pytest.raises(sdk.NotFoundError):
        admin.projects.get(empty.id)


def test_gets_typed_errors_of_the_real_gateway(make: Any, admin: Any, project_id: str) -> None:
    with pytest.raises(sdk.NotFoundError) as caught:
        admin.api_keys.delete(project_id, NOBODY, request_id="named-by-the-test")
    assert (caught.value.code, caught.value.request_id) == ("api_key_not_found", "named-by-the-test")
    with pytest.raises(sdk.InvalidRequestError) as too_long:
        admin.api_keys.create(project_id, note="x" * 201)
    assert [error.pointer for error in too_long.value.errors] == ["/note"]
    with pytest.raises(sdk.AuthenticationError) as wrong:
        make(api_key=None, admin_token="wrong").projects.get(project_id)
    assert wrong.value.code == "admin_credential_invalid"


def test_reads_who_it_is_and_the_audit_trail_of_what_it_has_done(admin: Any, project_id: str) -> None:
    me = admin.me()
    assert (me.actor, me.roles) == ("admin-token", (sdk.Role("admin", None),))
    created = admin.api_keys.create(project_id, note="audited")
    event = next(iter(admin.audit_events.list(project_id=project_id, action="api-key.created", limit=1)))
    assert (event.actor, event.target_id, event.count) == ("admin-token", created.id, 1)
