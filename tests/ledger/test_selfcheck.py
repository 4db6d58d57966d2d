"""The kept result of the self-check: what the console shows between two checks."""

from __future__ import annotations

from types import ModuleType

from sqlalchemy import update

from connect.core import ids
from connect.ledger import models, sealer, selfcheck
from connect.ledger.selfcheck import Checked
from tests.ledger.support import write_many


def check(database: ModuleType) -> Checked:
    report = selfcheck.look()
    with database.unit_of_work() as session:
        return selfcheck.keep(session, report)


def test_the_last_result_is_kept_in_words(database: ModuleType) -> None:
    assert selfcheck.last() is None
    write_many(database, 3)
    sealer.seal_once(publish=True)
    done = check(database)
    assert done.ok
    assert done.words == "3 entries and 1 tiles checked against 3 checkpoints."
    assert selfcheck.last() == done


def test_a_later_result_replaces_it_and_names_what_does_not_hold(database: ModuleType) -> None:
    written = write_many(database, 6)
    sealer.seal_once()
    check(database)
    with database.unit_of_work() as session:
        session.execute(update(models.entry).values(status=500))
    done = check(database)
    first = ids.encode("entry", written[0].id)
    assert selfcheck.last() == done
    assert (done.ok, done.entry) == (False, first)
    assert done.words.startswith(f"{first}: the columns say other than the body: status; ")
    assert done.words.endswith("and 3 more.")
