"""`connect apps`, with the keys of its JSON."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from apps_registry import clients, queries
from apps_registry.models import DeveloperTeam
from connect.cli.apps import apps
from connect.core import settings as core_settings
from connect.core.settings import Settings
from scripts.commands import ANSWERS
from tests.oauth.holder import Holder
from tests.support import registry
from tests.support.peer import peer, reply

REGISTER = (
    "--team", "Dialler", "--name", "Dialler", "--privacy-policy", "https://dialler.example/privacy", "--kind", "confidential",
    "--redirect-uri", "https://dialler.example/callback", "--require", "call_log:read",
    "--optional", "call_log.numbers:read=Shows who called.",
)  # fmt: skip


def run(*arguments: str) -> Result:
    return CliRunner().invoke(apps, list(arguments))


def answer(*arguments: str) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return orjson.loads(result.output)


def documented(command: str) -> set[str]:
    return set(re.sub(r"\[[^\]]*\]", "", ANSWERS[f"apps {command}"]).replace(" ", "").split(","))


def teams(database: ModuleType) -> list[str]:
    with database.read() as connection:
        return list(connection.scalars(select(DeveloperTeam.name)))


def test_an_app_is_registered_with_its_secret_in_clear_once(database: ModuleType) -> None:
    made = answer("register", *REGISTER)
    assert set(made) == documented("register")
    assert (made["state"], made["required"], made["optional"]) == (
        "draft",
        ["call_log:read"],
        ["call_log.numbers:read"],
    )
    client = clients.find_client(made["client_id"])
    assert client is not None and client.knows_secret(made["client_secret"])
    shown = answer("show", made["client_id"])
    assert set(shown) == documented("show") and "client_secret" not in shown
    assert queries.app_page(client.app_id).versions[0].scopes[0].purpose == "Shows who called."


def test_a_device_is_registered_without_a_redirect_uri_and_has_no_secret(database: ModuleType) -> None:
    given = list(REGISTER)
    at = given.index("--redirect-uri")
    del given[at : at + 2]
    given[given.index("confidential")] = "device"
    made = answer("register", *given)
    assert made["client_secret"] is None
    shown = answer("show", made["client_id"])
    assert (shown["kind"], shown["redirect_uris"]) == ("device", [])


def test_a_team_that_exists_gets_a_further_app(database: ModuleType) -> None:
    registry.team("Dialler")
    answer("register", *REGISTER)
    answer("register", *REGISTER, "--kind", "native")
    assert teams(database) == ["Dialler"]
    listed = answer("list")["apps"]
    assert [line["kind"] for line in listed] == ["native", "confidential"]
    assert set(listed[0]) == {"client_id", "name", "team", "origin", "kind", "state", "version", "created_at"}


def test_a_refusal_names_the_field_and_leaves_no_team_behind(database: ModuleType) -> None:
    result = run("register", *REGISTER, "--redirect-uri", "https://dialler.example/#x")
    assert result.exit_code == 1
    assert "redirect_uris" in result.output and "fragment" in result.output
    assert teams(database) == []
    assert run("register", *REGISTER, "--require", "calls:everything").exit_code == 1
    assert run("register", *REGISTER, "--kind", "desktop").exit_code == 2


def test_a_secret_is_rotated_and_a_third_only_by_force(database: ModuleType) -> None:
    client_id = answer("register", *REGISTER)["client_id"]
    rotated = answer("rotate-secret", client_id, "--overlap", "1")
    assert set(rotated) == documented("rotate-secret") and rotated["older_until"]
    refused = run("rotate-secret", client_id)
    assert refused.exit_code == 1 and "Two secrets are live" in refused.output
    assert answer("rotate-secret", client_id, "--force")["client_secret"] != rotated["client_secret"]
    assert run("rotate-secret", client_id, "--overlap", "169").exit_code == 2


def test_an_app_is_published_suspended_and_reinstated(database: ModuleType) -> None:
    client_id = answer("register", *REGISTER)["client_id"]
    published = answer("publish", client_id)
    assert set(published) == documented("publish") and published["state"] == "published"
    suspended = answer("suspend", client_id, "--reason", "Odd reading.")
    assert (suspended["state"], suspended["reason"]) == ("suspended", "Odd reading.")
    assert run("suspend", client_id, "--reason", "Again.").exit_code == 1
    assert run("suspend", client_id).exit_code == 2
    assert answer("reinstate", client_id)["state"] == "published"


def test_a_restricted_scope_stays_in_review_until_a_reviewer_approves_too(database: ModuleType) -> None:
    client_id = answer("register", *REGISTER, "--optional", "recordings.audio:read=Scores calls.")["client_id"]
    assert answer("publish", client_id)["state"] == "in_review"
    assert run("publish", client_id).exit_code == 1


def test_an_unknown_app_is_a_sentence(database: ModuleType) -> None:
    for command in (["show"], ["publish"], ["reinstate"], ["rotate-secret"], ["suspend", "--reason", "x"]):
        result = run(*command, "app_unknown")
        assert result.exit_code == 1 and "no such app" in result.output


KEYS = ("--jwks", "keys.json")


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Holder]:
    """Two keys; the public one of the first stands in keys.json, that of the second in more.json."""
    monkeypatch.chdir(tmp_path)
    holders = [Holder(kid="first"), Holder("PS256", kid="second")]
    for name, holder in zip(("keys.json", "more.json"), holders, strict=True):
        Path(name).write_text(json.dumps({"keys": [holder.jwk]}))
    return holders


def test_an_app_is_registered_with_its_keys_and_has_no_secret(database: ModuleType, keys: list[Holder]) -> None:
    made = answer("register", *REGISTER, *KEYS)
    assert (made["auth_method"], made["profile"], made["client_secret"], made["secrets"]) == (
        "private_key_jwt",
        "standard",
        None,
        [],
    )
    assert made["keys"] == [{"kid": "first", "alg": "ES256", "thumbprint": keys[0].jkt}]
    refusal = run("rotate-secret", made["client_id"])
    assert refusal.exit_code == 1 and "private_key_jwt" in refusal.output


def test_an_app_of_the_fapi_tier_is_registered_and_its_keys_are_replaced(
    database: ModuleType, keys: list[Holder]
) -> None:
    client_id = answer("register", *REGISTER, *KEYS, "--profile", "fapi")["client_id"]
    assert answer("show", client_id)["profile"] == "fapi"
    said = answer("keys", "replace", client_id, "--jwks", "more.json")
    assert set(said) == documented("keys replace")
    assert said["keys"] == [{"kid": "second", "alg": "PS256", "thumbprint": keys[1].jkt}]
    assert answer("keys", "list", client_id) == said


def test_keys_that_are_published_are_listed_as_they_stand_there_now(
    database: ModuleType, keys: list[Holder], settings: Settings
) -> None:
    core_settings.activate(replace(settings, egress_loopback=True))
    body = json.dumps({"keys": [keys[0].jwk]}).encode()
    with peer(reply(200, body, Content_Type="application/json")) as host:
        client_id = answer("register", *REGISTER, "--jwks-uri", host.url)["client_id"]
        assert [line["kid"] for line in answer("keys", "list", client_id)["keys"]] == ["first"]
        host.says(reply(404))
        refusal = run("keys", "list", client_id)
    assert refusal.exit_code == 1 and "jwks_uri" in refusal.output and "status" in refusal.output


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--profile", "fapi"), "jwks"),
        ((*KEYS, "--jwks-uri", "https://dialler.in/keys"), "not both"),
        (("--jwks", "odd.json"), "jwks"),
        (("--jwks-uri", "http://dialler.in/keys"), "https"),
        ((*KEYS, "--kind", "native"), "auth_method"),
    ],
)
def test_keys_that_will_not_do_are_refused_by_name(
    database: ModuleType, keys: list[Holder], options: tuple[str, ...], said: str
) -> None:
    Path("odd.json").write_bytes(b"\xff{")
    result = run("register", *REGISTER, *options)
    assert result.exit_code == 1 and said in result.output
    assert teams(database) == []
