"""The platform for the comparison: a database with an app, customers who have connected it, and codes that wait for their exchange.

`python -m bench.peers.platform COUNT` prints the client id, its secret and COUNT codes, a line each.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

from sqlalchemy.orm import Session

from bench.peers.client import CHALLENGE
from connect.accounts import people
from connect.accounts import services as accounts
from connect.app import create_app
from connect.core import actor, clock, database, ids, migrations, settings
from connect.core.settings import Settings
from connect.grants.models import Grant
from connect.oauth import codes
from connect.oauth.codes import Approval
from connect.oauth.incoming import StoredRequest
from tests.support import world
from tests.support.world import OPTIONAL, REDIRECT_URI, REQUIRED, World

_CUSTOMERS = 64
_SCOPES = REQUIRED | OPTIONAL
_KEY = "a master key for benchmarks, of 32 characters"


def config(database_url: str, folder: Path) -> Settings:
    """Settings under which load is not refused for being load."""
    no_limits = {"api_rate": "", "address_rate": "", "token_rate": "", "token_failure_rate": ""}
    life = settings.days(1)
    return settings.load(
        database_url=database_url, data_dir=folder, master_key=_KEY, access_token_ttl=life, **no_limits
    )


def main() -> None:
    create_app(config(os.environ["BENCH_URL"], Path(os.environ["BENCH_FOLDER"])))
    migrations.upgrade()
    first = world.make()
    customers = [_customer(first, number) for number in range(_CUSTOMERS)]
    print(first.client_id, first.client_secret, sep="\n")
    with database.unit_of_work() as session:
        for number in range(int(sys.argv[1])):
            print(_code(session, *customers[number % _CUSTOMERS]))


def _customer(first: World, number: int) -> tuple[World, Grant]:
    """Another account, whose owner connects the app of `first`."""
    with database.unit_of_work() as session:
        account = accounts.add_account(session, f"Customer {number}", actor.SYSTEM)
        person = people.add_person(session, f"owner{number}@customer.example", "Asha Rao", actor.SYSTEM)
        people.give_role(session, person.id, "owner", actor.SYSTEM, account_id=account.id)
        there = replace(first, account_id=account.id, person_id=person.id)
    return there, world.give(there, _SCOPES)


def _code(session: Session, there: World, grant: Grant) -> str:
    asked = {"scope": " ".join(_SCOPES), "redirect_uri": REDIRECT_URI, "code_challenge": CHALLENGE}
    now = clock.now()
    request = StoredRequest(ids.new(), there.app_id, asked, session, now)
    approval = Approval(there.account_id, grant.id, _SCOPES, there.person_id, now)
    code = ids.token(codes.PREFIX)
    codes.issue(
        session, ids.digest(code), request, approval, now + settings.days(1)
    )  # outlasts the runs before its own
    return code


if __name__ == "__main__":
    main()
