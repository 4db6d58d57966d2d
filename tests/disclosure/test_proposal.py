"""What the consent page proposes and offers, and that a made-up value never gives more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from connect.core.settings import Settings
from connect.disclosure import proposal
from connect.disclosure.proposal import Choice, Offer
from connect.scopes.errors import TermsError
from connect.scopes.terms import Terms

ASKED_AT = datetime(2026, 11, 25, 20, 30, 15, 123456, tzinfo=UTC)  # the 26th in Kolkata
ZONE = "Asia/Kolkata"
SCOPES = frozenset({"call_log:read"})


def propose(scopes: frozenset[str] = SCOPES, zone: str = ZONE, **defaults: Any) -> Terms:
    return proposal.proposed({"retention_days": 90} | defaults, scopes, ASKED_AT, zone)


def choose(terms: Terms, expires: str = "90", history: str = "90", zone: str = ZONE) -> Terms:
    return proposal.chosen(terms, Choice(frozenset(), expires, history), ASKED_AT, zone)


def offered(offers: tuple[Offer, ...]) -> Mapping[str, bool]:
    return {offer.value: offer.chosen for offer in offers}


def test_ninety_days_each_way_are_shown_first(settings: Settings) -> None:
    terms = propose()
    first = proposal.first_choice(frozenset({"call_log:read"}), terms, ASKED_AT, ZONE)
    assert first == Choice(frozenset({"call_log:read"}), "90", "90")
    chosen = choose(terms)
    assert chosen.expires_at == (ASKED_AT + timedelta(days=90)).replace(microsecond=0)
    assert chosen.history_from == date(2026, 11, 26) - timedelta(days=90)
    assert offered(proposal.expiry_offers(terms, first, ASKED_AT)) == {
        "90": True,
        "30": False,
        "180": False,
        "365": False,
    }
    assert offered(proposal.history_offers(terms, first, ASKED_AT, ZONE)) == {
        "90": True,
        "30": False,
        "365": False,
        "0": False,
    }


def test_an_app_that_asks_for_less_is_shown_with_less(settings: Settings) -> None:
    terms = propose(life_days=45, history_days=10, retention_days=20, include_new_calls=False, daily_records=500)
    first = proposal.first_choice(frozenset(), terms, ASKED_AT, ZONE)
    assert (first.expires, first.history) == ("45", "10")
    assert offered(proposal.expiry_offers(terms, first, ASKED_AT)) == {"30": False, "45": True}
    assert offered(proposal.history_offers(terms, first, ASKED_AT, ZONE)) == {"0": False, "10": True}
    assert (terms.retention_days, terms.include_new_calls, terms.daily_records) == (20, False, 500)


def test_a_restricted_scope_ends_after_ninety_days_at_most(settings: Settings) -> None:
    terms = propose(SCOPES | {"transcripts:read"}, life_days=365)
    assert terms.expires_at == (ASKED_AT + timedelta(days=90)).replace(microsecond=0)


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Asia/Kolkata"])
@pytest.mark.parametrize("days", ["90", "180", "365"])
def test_the_longest_offer_can_be_chosen_where_clocks_change(settings: Settings, zone: str, days: str) -> None:
    terms = propose(zone=zone, life_days=int(days))
    assert choose(terms, expires=days, zone=zone).expires_at == terms.expires_at


@pytest.mark.parametrize(
    ("expires", "history", "member"),
    [
        ("366", "90", "expires_at"),
        ("9999", "90", "expires_at"),
        ("90", "366", "history_from"),
        ("", "90", "expires_at"),
        ("ninety", "90", "expires_at"),
        ("-1", "90", "expires_at"),
        ("90", "1.5", "history_from"),
        ("90", "٩٠", "history_from"),
        ("90", "10000", "history_from"),
    ],
)
def test_a_made_up_value_is_refused_by_the_name_of_its_term(
    settings: Settings, expires: str, history: str, member: str
) -> None:
    with pytest.raises(TermsError) as caught:
        choose(propose(), expires, history)
    assert list(caught.value.errors) == [member]
    assert str(caught.value).startswith(f"{member}: m")
