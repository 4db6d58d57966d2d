"""Samples of a business's pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.pages.samples import Sample, Values

AT = datetime(2026, 11, 25, 4, 32, 11, 123456, UTC)
APP = Values(
    name="Leadbook CRM",
    developer="Leadbook Software Private Limited",
    reviewed=True,
    unverified=False,
    home_url="https://leadbook.example/",
    home_host="leadbook.example",
    privacy_policy_url="https://leadbook.example/privacy",
    privacy_host="leadbook.example",
)


CARDS = [
    Values(
        grant_id="g1",
        name="Leadbook CRM",
        developer="Leadbook Software Private Limited",
        reviewed=True,
        unverified=False,
        status=Values(word="Connected", kind="good"),
        given_at=AT - timedelta(days=40),
        given_by="Asha Menon",
        ends_at=AT + timedelta(days=50),
        ended_at=None,
        end_words="",
        last_read=Values(at=AT, records=1204, fields=19),
        granted=4,
        refused=1,
        reconnect=True,
        confirmation=None,
    ),
    Values(
        grant_id="g2",
        name="Sahayak Assistant",
        developer="sahayak.example",
        reviewed=False,
        unverified=True,
        status=Values(word="Paused by you", kind="warning"),
        given_at=AT - timedelta(days=4),
        given_by="Asha Menon",
        ends_at=AT + timedelta(days=86),
        ended_at=None,
        end_words="Reads nothing until you resume it.",
        last_read=None,
        granted=1,
        refused=3,
        reconnect=False,
        confirmation=None,
    ),
]
DETAIL: dict[str, Any] = {
    "grant": Values(
        id="g1",
        state="active",
        live=True,
        given_at=AT - timedelta(days=40),
        given_by="Asha Menon",
        ends_at=AT + timedelta(days=50),
        ended_at=None,
        end_words="",
        reconnect=True,
    ),
    "app": APP,
    "status": Values(word="Connected", kind="good"),
    "granted": [
        Values(
            scope="call_log:read",
            title="List of your calls",
            sentence="When each call came, how long it took, who took it.",
            purpose="To show each call beside its customer.",
            used=True,
            last_used=AT,
        ),
        Values(
            scope="users:read",
            title="Names of your agents",
            sentence="Name and extension.",
            purpose="To say who took the call.",
            used=False,
            last_used=None,
        ),
    ],
    "refused": [Values(scope="call_log.notes:read", title="Notes your team wrote on calls")],
    "terms": [
        ("Ends by itself", "14 Jan 2027"),
        ("Looks back to", "17 Jul 2026"),
        ("Phone lines", "All 27 lines"),
        ("Departments", "All 6 departments"),
        ("Keeps it for", "30 days"),
    ],
    "reads": Values(requests=61, records=33066, first=AT - timedelta(days=39), last=AT),
    "fields": [
        Values(
            resource="Calls",
            title="Caller's number",
            field="caller_e164",
            masked=True,
            personal=True,
            records=33066,
            last_read=AT,
        ),
        Values(
            resource="Calls",
            title="When it started",
            field="started_at",
            masked=False,
            personal=False,
            records=33066,
            last_read=AT,
        ),
        Values(
            resource="Calls",
            title="Talk time",
            field="talk_s",
            masked=False,
            personal=False,
            records=1204,
            last_read=AT - timedelta(days=3),
        ),
    ],
    "days": [(date(2026, 11, day), (day * 37) % 23 * 60) for day in range(1, 26)],
    "day_rows": [
        Values(day=date(2026, 11, 25), requests=4, records=200, fields=19),
        Values(day=date(2026, 11, 24), requests=11, records=550, fields=19),
    ],
    "events": [
        Values(at=AT - timedelta(days=12), words="Paused, and resumed the same day", by="Asha Menon"),
        Values(at=AT - timedelta(days=40), words="Allowed: 2 of 3 things asked for", by="Asha Menon"),
    ],
    "receipts": [Values(version=1, at=AT - timedelta(days=40), href="/r/1")],
    "may_change": True,
    "confirmation": None,
}
CONFIRM = Values(
    grant_id="g1",
    app="Leadbook CRM",
    backer="Asha Menon",
    by=AT + timedelta(days=14),
    paused=False,
    may=True,
    roles="owner or admin",
)
MAY_NOT = {"may_change": False, "confirmation": Values(CONFIRM | {"may": False})}
PAUSED = {
    "grant": Values(DETAIL["grant"] | {"state": "paused", "reconnect": False}),
    "status": Values(word="Paused", kind="warning"),
}
RECEIPT = Values(
    number="1",
    at=AT,
    event_words="Connected",
    by="Asha Menon",
    role="owner",
    account="Menon Tiles",
    app="Leadbook CRM",
    developer="Leadbook Software Private Limited",
    granted=["List of your calls", "Names of your agents"],
    refused=["Notes your team wrote on calls"],
    terms=DETAIL["terms"],
    privacy_policy_url="https://leadbook.example/privacy",
    privacy_host="leadbook.example",
    policy_hash="9f2c" * 16,
    notice_hash="a01b" * 16,
    catalogue_version="77de" * 16,
    entry_id="ent_01jdgq3vk8e0mr4x0n5x0a7q2z",
    commitment="5d0e" * 16,
)
HOME = {
    "account": Values(name="Menon Tiles"),
    "role": "owner",
    "may_connect_words": "You may connect any app and stop any app.",
    "apps": CARDS,
    "counts": Values(live=2, ended=1),
    "reads": Values(records=33066, requests=61, days=30),
}
ENDED = Values(
    CARDS[0]
    | {"status": Values(word="Disconnected", kind="quiet"), "ended_at": AT, "end_words": "Disconnected by Asha Menon"}
    | {"reconnect": False}
)

SAMPLES = {
    "home": Sample("customer", "customer/home.html", lambda: HOME),
    "home-empty": Sample(
        "customer", "customer/home.html", lambda: HOME | {"apps": [], "counts": Values(live=0, ended=0)}
    ),
    "connected-apps": Sample(
        "customer", "customer/connected_apps.html", lambda: {"tab": "live", "counts": HOME["counts"], "apps": CARDS}
    ),
    "connected-ended": Sample(
        "customer", "customer/connected_apps.html", lambda: {"tab": "ended", "counts": HOME["counts"], "apps": [ENDED]}
    ),
    "connected-none": Sample(
        "customer", "customer/connected_apps.html", lambda: {"tab": "live", "counts": HOME["counts"], "apps": []}
    ),
    "connected-app": Sample("customer", "customer/connected_app.html", lambda: DETAIL),
    "connected-app-unread": Sample(
        "customer", "customer/connected_app.html", lambda: DETAIL | {"reads": None, "refused": []}
    ),
    "connected-app-paused": Sample("customer", "customer/connected_app.html", lambda: DETAIL | PAUSED),
    "connected-app-paused-viewer": Sample(
        "customer", "customer/connected_app.html", lambda: DETAIL | PAUSED | {"may_change": False}
    ),
    "connected-app-confirm": Sample(
        "customer", "customer/connected_app.html", lambda: DETAIL | {"confirmation": CONFIRM}
    ),
    "connected-app-confirm-viewer": Sample("customer", "customer/connected_app.html", lambda: DETAIL | MAY_NOT),
    "connected-app-unconfirmed": Sample(
        "customer",
        "customer/connected_app.html",
        lambda: DETAIL | PAUSED | {"confirmation": Values(CONFIRM | {"paused": True})},
    ),
    "connected-apps-confirm": Sample(
        "customer",
        "customer/connected_apps.html",
        lambda: {
            "tab": "live",
            "counts": HOME["counts"],
            "apps": [Values(CARDS[0] | {"reconnect": False, "confirmation": CONFIRM}), CARDS[1]],
        },
    ),
    "revoke": Sample(
        "customer",
        "customer/revoke.html",
        lambda: {
            "grant": DETAIL["grant"],
            "app": APP,
            "consequences": [
                "Leadbook CRM is refused at its next request, within a second.",
                "Calls stop appearing in it.",
                "To connect it again, somebody has to say yes on the consent page.",
            ],
            "held_words": "What Leadbook CRM has read stays with Leadbook Software Private Limited. Ask them to delete it.",
        },
    ),
    "receipt": Sample(
        "customer",
        "customer/receipt.html",
        lambda: {"receipt": RECEIPT, "grant_id": "g1", "download_url": "/d"},
    ),
    "authorize-error": Sample(
        "customer",
        "customer/authorize_error.html",
        lambda: {
            "title": "This request has expired",
            "words": ["It was open for too long. Start again in the app."],
            "developer_words": "Start a new authorization request.",
            "restart_url": "https://crm.leadbook.example/connect",
            "request_id": "req_01jdgq3vk8e0mr4x0n5x0a7q2z",
        },
    ),
}
