"""Samples of the staff's pages, and of those that everybody may see."""

from __future__ import annotations

from typing import Any

from connect.core.pages.errors import WORDS
from connect.core.pages.status import Check
from connect.staff.forms import DecisionForm, ReasonForm
from tests.pages.samples import Sample, Values
from tests.pages.samples.customer import AT

SCOPES = [
    Values(
        scope="call_log:read",
        title="List of your calls",
        sentence="When each call came.",
        purpose="To show each call beside its customer.",
        required=True,
        tier_words="Standard",
        added=False,
    ),
    Values(
        scope="call_log.numbers:read",
        title="Callers' full numbers and names",
        sentence="The whole number.",
        purpose="",
        required=False,
        tier_words="Sensitive",
        added=True,
    ),
]


def _review() -> dict[str, Any]:
    return {
        "app": Values(
            id="p1",
            name="Leadbook CRM",
            legal_developer="Leadbook Software Private Limited",
            description="Keeps leads and calls together.",
            home_url="https://leadbook.example/",
            privacy_policy_url="https://leadbook.example/privacy",
            state_words="In review",
            state_kind="info",
            retention_words="30 days",
            redirect_uris=["https://crm.leadbook.example/connect/done"],
        ),
        "version": Values(number=2, sent_at=AT),
        "scopes": SCOPES,
        "history": [Values(at=AT, words="Version 1 approved", by="R. Shah", href="")],
        "form": DecisionForm(),
    }


APPS = [
    Values(
        id="p1",
        name="Leadbook CRM",
        developer="Leadbook Software Private Limited",
        state_words="Published",
        state_kind="good",
        grants=212,
        suspended=False,
        may_suspend=True,
    ),
    Values(
        id="p2",
        name="Sahayak",
        developer="R. Iyer",
        state_words="Suspended",
        state_kind="bad",
        grants=3,
        suspended=True,
        may_suspend=True,
    ),
]
SAMPLES = {
    "reviews": Sample(
        "staff",
        "staff/reviews.html",
        lambda: {
            "reviews": [
                Values(
                    version_id="v1",
                    app="Leadbook CRM",
                    developer="Leadbook Software Private Limited",
                    number=2,
                    sent_at=AT,
                    top_tier_words="sensitive",
                    scopes=2,
                    mine=False,
                )
            ],
            "decided": [Values(at=AT, words="Sahayak 1: changes asked", by="R. Shah", href="")],
        },
    ),
    "reviews-none": Sample("staff", "staff/reviews.html", lambda: {"reviews": [], "decided": []}),
    "review": Sample("staff", "staff/review.html", _review),
    "apps": Sample("staff", "staff/apps.html", lambda: {"apps": APPS}),
    "suspend": Sample(
        "staff",
        "staff/suspend.html",
        lambda: {
            "app": Values(APPS[0]),
            "consequences": ["Every token of it is refused from now on.", "Waiting deliveries are cancelled."],
            "form": ReasonForm(),
        },
    ),
    "health": Sample(
        "staff",
        "staff/health.html",
        lambda: {
            "checks": [
                Values(name="Database", ok=True, words="Answers in 0.4 ms.", since=None, fix=""),
                Values(
                    name="Ledger",
                    ok=False,
                    words="Nothing was sealed since",
                    since=AT,
                    fix="Start the sealer: connect serve.",
                ),
            ],
            "facts": [("Version", "0.1.0"), ("Database", "SQLite")],
            "workers": [Values(name="sealer", state_words="silent", state_kind="bad", beat_at=AT, words="")],
        },
    ),
    "mailbox": Sample(
        "staff",
        "staff/mailbox.html",
        lambda: {
            "letters": [
                Values(
                    id="m1",
                    recipient="asha@menon-tiles.example",
                    subject="Leadbook CRM is connected",
                    body="You allowed it.\n\nhttps://connect.example/connected/g1",
                    kind="receipt",
                    created_at=AT,
                    sent_at=None,
                )
            ]
        },
    ),
    "mailbox-none": Sample("staff", "staff/mailbox.html", lambda: {"letters": []}),
    "help": Sample("pages", "pages/help.html", signed_in=False),
    "status": Sample(
        "pages",
        "pages/status.html",
        lambda: {"checks": [Check("Pages and API", True), Check("Database", False), Check("sealer", True, AT)]},
        signed_in=False,
    ),
} | {
    f"error-{status}": Sample(
        "pages",
        "errors/error.html",
        lambda status=status: {
            "status": status,
            "words": WORDS[status],
            "detail": None,
            "request_id": "req_01jdgq3vk8e0mr4x0n5x0a7q2z",
        },
        signed_in=False,
    )
    for status in (404, 503)
}
