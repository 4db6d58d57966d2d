"""`connect people` and `connect accounts`, with the keys of their JSON."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result

from connect.accounts import people as service
from connect.cli.accounts import accounts
from connect.cli.people import people
from scripts.commands import ANSWERS
from tests.support import registry
from tests.support.visitor import Visitor

GROUPS: dict[str, Any] = {"people": people, "accounts": accounts}
ASHA = "asha@sharma.example"


def run(command: str, *arguments: str) -> Result:
    group, *rest = command.split()
    return CliRunner().invoke(GROUPS[group], [*rest, *arguments])


def answer(command: str, *arguments: str) -> Any:
    result = run(command, *arguments, "--json")
    assert result.exit_code == 0, result.output
    return orjson.loads(result.output)


def documented(command: str) -> set[str]:
    """The top-level keys that the reference names."""
    return set(re.sub(r"\[[^\[\]]*\]", "", re.sub(r"\[[^\[\]]*\]", "", ANSWERS[command])).replace(" ", "").split(","))


@pytest.fixture
def account(database: ModuleType) -> str:
    return str(answer("accounts add", "Sharma Travels")["id"])


def test_an_account_is_added_and_listed(account: str) -> None:
    listed = answer("accounts list")
    assert [line["id"] for line in listed["accounts"]] == [account]
    assert set(listed["accounts"][0]) == documented("accounts add")
    assert "Sharma Travels" in run("accounts list").output


def test_a_refusal_is_one_sentence_and_the_exit_code_says_so(database: ModuleType) -> None:
    result = run("accounts add", " ")
    assert result.exit_code == 1
    assert result.output.startswith("Error: name:") and "Traceback" not in result.output


def test_somebody_new_gets_a_role_and_a_link_that_sets_a_password(
    account: str, visit: Callable[[], Visitor], settings: Any
) -> None:
    made = answer("people add", ASHA, "--name", "Asha Sharma", "--role", "owner", "--account", account)
    assert set(made) == documented("people add")
    assert made["link"].startswith(f"{settings.base_url}/sign-in/link/vtl_") and made["link_expires_at"]
    path = made["link"].removeprefix(settings.base_url)
    browser = visit()
    assert browser.send(path, {"password": registry.PASSWORD, "adult": "y"}).status_code == 303
    assert "owner" in browser.get("/profile").get_data(as_text=True)


def test_somebody_who_has_a_password_gets_a_further_role_and_no_link(account: str) -> None:
    registry.person(ASHA)
    made = answer("people add", ASHA, "--role", "reviewer", "--staff")
    assert made["link"] is None and made["role"] == "reviewer"
    assert [role["role"] for role in answer("people list")["people"][0]["roles"]] == ["reviewer"]


def test_a_new_link_ends_the_one_before(account: str) -> None:
    first = answer("people add", ASHA, "--name", "Asha", "--role", "owner", "--account", account)["link"]
    second = answer("people link", ASHA)
    assert set(second) == documented("people link")
    with pytest.raises(service.LinkEnded):
        service.holder_of_link(first.rpartition("/")[2])
    assert service.holder_of_link(second["link"].rpartition("/")[2]).name == "Asha"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--role", "owner"),
        ("--role", "owner", "--staff"),
        ("--role", "reviewer", "--staff", "--team", "x"),
        ("--role", "emperor", "--staff"),
        ("--role", "owner", "--account", "acc_x"),
        ("--role", "developer", "--team", "no such team"),
    ],
)
def test_a_role_without_its_right_place_is_refused_and_nobody_is_added(
    database: ModuleType, arguments: tuple[str, ...]
) -> None:
    assert run("people add", ASHA, "--name", "Asha", *arguments).exit_code != 0
    assert answer("people list") == {"people": []}


def test_an_examiner_is_given_a_last_day(account: str) -> None:
    arguments = (ASHA, "--name", "Asha", "--role", "examiner", "--account", account)
    assert run("people add", *arguments).exit_code == 1
    assert run("people add", *arguments, "--until", "2026-02-30").exit_code == 2
    assert answer("people add", *arguments, "--until", "2099-12-31")["until"].startswith("2099-12-31")


def test_people_are_listed_by_place(account: str) -> None:
    answer("people add", ASHA, "--name", "Asha", "--role", "owner", "--account", account)
    answer("people add", "ravi@x.example", "--name", "Ravi", "--role", "reviewer", "--staff")
    registry.team("Dialler team")
    answer("people add", "dev@x.example", "--name", "Dev", "--role", "developer", "--team", "dialler team")
    emails = lambda *place: [line["email"] for line in answer("people list", *place)["people"]]  # noqa: E731
    assert emails("--account", account) == [ASHA]
    assert emails("--staff") == ["ravi@x.example"]
    assert emails("--team", "Dialler team") == ["dev@x.example"]
    assert len(emails()) == 3


def test_one_role_is_taken_or_the_person_closed(account: str, visit: Callable[[], Visitor]) -> None:
    from uuid import UUID

    from connect.core import ids

    account_id: UUID = ids.decode("acc", account)
    registry.person(ASHA, ("owner", {"account_id": account_id}), ("viewer", {"account_id": account_id}))
    taken = answer("people remove", ASHA, "--role", "owner", "--account", account)
    assert set(taken) == documented("people remove") and taken["state"] == "active"
    assert [role["role"] for role in answer("people list")["people"][0]["roles"]] == ["viewer"]
    browser = visit()
    browser.sign_in(ASHA)
    assert answer("people remove", ASHA)["state"] == "closed"
    assert browser.get("/profile").status_code == 303
    assert run("people remove", "nobody@x.example").exit_code == 1
    assert run("people link", ASHA).exit_code == 1


def test_the_plain_answer_is_for_people(account: str) -> None:
    output = run("people add", ASHA, "--name", "Asha", "--role", "owner", "--account", account).output
    assert "link: http" in output and "email: asha@sharma.example" in output
