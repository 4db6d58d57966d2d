"""Samples of the consent page."""

from __future__ import annotations

from typing import Any

from connect.disclosure.asking import EVERY_ANSWER, Permission
from tests.pages.samples import Sample, Values
from tests.pages.samples.customer import APP

_PLAIN = {
    "required": False,
    "ticked": False,
    "already": False,
    "tier": "T1",
    "tier_words": "Everyday",
    "personal_words": "",
    "givers": frozenset(),
}
_PERSONAL = {"tier": "T2", "tier_words": "Personal"}


def _row(scope: str, title: str, sentence: str, purpose: str, **more: Any) -> Values:
    words = {"id": scope.replace(".", "-").replace(":", "-"), "title": title, "sentence": sentence, "purpose": purpose}
    return Values(_PLAIN | words | {"scope": scope} | more)


CALLS = [
    _row(
        "call_log:read",
        "List of your calls",
        "When each call came, how long it took, who of your team took it. Callers' numbers stay partly hidden.",
        "To show each call beside the customer it belongs to.",
        required=True,
    ),
    _row(
        "call_log.numbers:read",
        "Callers' full numbers and names",
        "The whole phone number of each caller, and the name where it is known.",
        "To find the right customer record by the number that called, so that your agents see who it is.",
        ticked=True,
        personal_words="phone numbers, names",
        **_PERSONAL,
    ),
    _row(
        "call_log.notes:read",
        "Notes your team wrote on calls",
        "The text of every note.",
        "",
        personal_words="what your team wrote",
        **_PERSONAL,
    ),
]
PEOPLE = [
    _row(
        "users:read",
        "Names of your agents",
        "Name and extension of everybody who takes calls.",
        "To say who took the call.",
        required=True,
        personal_words="names of your staff",
    ),
    _row(
        "contacts:read",
        "Your address book",
        "Name and number of each contact, and your labels.",
        "To match contacts to leads.",
        already=True,
        personal_words="names, phone numbers",
        **_PERSONAL,
    ),
]
BARRED = _row(
    "recordings.audio:read",
    "Listen to recordings",
    "The sound of calls that were recorded.",
    "To rate how agents speak.",
    givers=frozenset({"owner"}),
    personal_words="what was said",
    tier="T3",
    tier_words="Restricted",
)
GROUPS = [Values(title="Calls", rows=CALLS), Values(title="People", rows=PEOPLE)]
UNVERIFIED = {"name": "Sahayak", "developer": "", "reviewed": False, "unverified": True, "privacy_policy_url": ""}
UNREVIEWED = [Values(title="Calls", rows=[Values(CALLS[0] | {"purpose": "", "required": False})])]
COLUMNS = {
    "started_at": ("Started", "time"),
    "direction": ("Direction", "choice"),
    "status": ("Status", "choice"),
    "caller_e164": ("Caller", "text"),
    "caller_name": ("Caller's name", "text"),
    "talk_s": ("Talk time", "seconds"),
    "circle": ("Circle", "text"),
    "tags": ("Tags", "texts"),
}
ROWS = [
    ["2026-11-25T04:28:03.000000Z", "incoming", "answered", "+91••••••10", "P. B.", "192", "Karnataka", "lead"],
    ["2026-11-25T04:11:40.000000Z", "incoming", "missed", "+91••••••47", "", "0", "Tamil Nadu", ""],
    ["2026-11-25T04:10:12.000000Z", "outgoing", "answered", "+91••••••86", "S. K.", "48", "Delhi", "callback, vip"],
]
JSON = """{"data":[{"id":"call_01jdgq3vk8e0mr4x0n5x0a7q2z","started_at":"2026-11-25T04:28:03.000000Z","direction":"incoming",
"status":"answered","caller_e164":"+91••••••10","_masked":["caller_e164","caller_name"]}]}"""
NOT = [
    "Recordings of your calls",
    "Voicemail and transcripts",
    "E-mail and addresses of your contacts",
    "Your bills",
    "The right to change or delete anything",
    "Calls from before 27 Aug 2026",
]


def _choices(*items: tuple[str, str, str], chosen: int = 0) -> list[Values]:
    return [
        Values(value=value, words=words, note=note, chosen=place == chosen)
        for place, (value, words, note) in enumerate(items)
    ]


def consent_view(**changes: Any) -> Values:
    return (
        Values(
            app=APP,
            groups=GROUPS,
            terms=Values(
                expiry_choices=_choices(
                    ("90", "in 90 days", "23 Feb 2027"),
                    ("30", "in 30 days", "25 Dec 2026"),
                    ("180", "in 6 months", "24 May 2027"),
                    ("365", "in a year", "25 Nov 2027"),
                ),
                history_choices=_choices(
                    ("90", "90 days", "from 27 Aug 2026"),
                    ("0", "not at all", "only new calls"),
                    ("365", "one year", "from 25 Nov 2025"),
                ),
                numbers_words="All 27 lines",
                departments_words="All 6 departments",
                new_calls_words="Also calls from now on",
                retention_words="30 days, then deletes it",
                daily_words="No limit",
            ),
            preview=Values(
                columns=[
                    Values(key=key, title=title, kind=kind, note="Number mostly hidden" if key == "caller_e164" else "")
                    for key, (title, kind) in COLUMNS.items()
                ],
                rows=ROWS,
                caption="Calls",
                newest_first=True,
                made_up=False,
                json=JSON,
            ),
            not_granted=NOT,
            about_calls=True,
        )
        | changes
    )


def consent_context(
    view: Values, role: str = "owner", permission: Permission = EVERY_ANSWER, user_code: str = "", **changes: Any
) -> dict[str, Any]:
    who = Values(name="Asha Menon", email="asha@menon-tiles.example")
    host = "127.0.0.1:53124" if view["app"]["unverified"] else "" if user_code else "crm.leadbook.example"
    answering = Values(
        who=who,
        account_name="Menon Tiles",
        role=role,
        permission=permission,
        destination_host=host,
        on_this_device=host.startswith("127."),
        user_code=user_code,
    )
    return {
        "view": view,
        "answering": answering,
        "may_not_words": "",
        "barred_words": lambda row: f"Your role cannot allow this; an {min(row.givers)} can.",
        "changes": [],
        "form_token": "token",
        "not_you_url": "/sign-in",
        "problems": None,
    } | changes


SAMPLES = {
    "consent": Sample("customer", "customer/consent.html", lambda: consent_context(consent_view())),
    "consent-changed": Sample(
        "customer",
        "customer/consent.html",
        lambda: consent_context(
            consent_view(
                app=Values(APP | {"reviewed": False}),
                preview=Values(columns=[], rows=[], caption="", newest_first=False, made_up=True, json=""),
            ),
            changes=["The app asks for one thing less.", "Your role is now admin."],
            problems=[Values(text="Choose for how long the app may see your calls", href="#expires-90")],
        ),
    ),
    "consent-unverified": Sample(
        "customer",
        "customer/consent.html",
        lambda: consent_context(consent_view(app=Values(APP | UNVERIFIED), groups=UNREVIEWED)),
    ),
    "consent-barred": Sample(
        "customer",
        "customer/consent.html",
        lambda: consent_context(
            consent_view(groups=[*GROUPS, Values(title="Recordings", rows=[BARRED])]),
            role="admin",
        ),
    ),
    "consent-may-not": Sample(
        "customer",
        "customer/consent.html",
        lambda: consent_context(
            consent_view(about_calls=False),
            role="member",
            permission=Permission(may_give=False),
            may_not_words="As a member you cannot connect apps. Ask Asha Menon (owner) to do it.",
        ),
    ),
}
