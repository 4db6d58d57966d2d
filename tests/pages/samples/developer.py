"""Samples of the developer's pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from connect.core.forms import Form
from connect.developer.forms import EndpointForm, KeysForm, NewAppForm, RedirectForm, RotateForm, ScopesForm, TesterForm
from tests.pages.samples import Sample, Values
from tests.pages.samples.consent import consent_view
from tests.pages.samples.customer import AT

TEAM = Values(name="Leadbook")
APPS = [
    Values(
        id="p1",
        name="Leadbook CRM",
        kind_words="Confidential web app",
        state_words="Published",
        state_kind="good",
        version=3,
        grants=212,
    ),
    Values(
        id="p2",
        name="Leadbook Mobile",
        kind_words="Native app",
        state_words="Draft",
        state_kind="quiet",
        version=1,
        grants=0,
    ),
]


def _refused(form: Form) -> Form:
    form.validate()
    form.csrf_token.errors = []
    return form


def _scopes(error: str = "") -> list[Values]:
    return [
        Values(
            scope="call_log:read",
            title="List of your calls",
            tier_words="Standard",
            review_words="Reviewed when the app is listed.",
            asked="required",
            purpose="To show each call beside its customer.",
            error="",
        ),
        Values(
            scope="call_log.numbers:read",
            title="Callers' full numbers and names",
            tier_words="Sensitive",
            review_words="A person reviews your reason.",
            asked="optional",
            purpose="",
            error=error,
        ),
        Values(
            scope="users:read",
            title="Names of your agents",
            tier_words="Standard",
            review_words="Reviewed when the app is listed.",
            asked="",
            purpose="",
            error="",
        ),
    ]


def _app(**changes: Any) -> dict[str, Any]:
    refused = RedirectForm()
    if changes.get("refused"):
        refused.refuse(
            "uri", "A redirect URI on the web must use https: change http://crm.leadbook.example/done to https://…"
        )
    return {
        "app": Values(
            id="p1",
            name="Leadbook CRM",
            legal_developer="Leadbook Software Private Limited",
            client_id="app_01jdgq3vk8e0mr4x0n5x0a7q2z",
            kind_words="Confidential web app",
            auth_words="A key of its own (private_key_jwt)" if changes.get("keyed") else "client_secret_basic",
            has_secret=not changes.get("keyed"),
            has_keys=bool(changes.get("keyed")),
            profile_words="Standard",
            public_keys=[Values(kid="2026-11", alg="ES256", thumbprint="0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I")],
            jwks_uri=None if changes.get("keyed") == "by value" else "https://crm.leadbook.example/keys.json",
            has_redirects=True,
            under_test=True,
            state_words="Testing",
            state_kind="info",
            state_advice="Up to five businesses you name can connect it.",
            privacy_policy_url="https://leadbook.example/privacy",
            home_url="https://leadbook.example/",
            connect_url="",
            retention_words="30 days",
            grants=2,
        ),
        "new_secret": "vts_7Qm2x0cVYf0pXW1uJ8tK3nZ5rB9dG6hL4sA2eE7iO1" if changes.get("fresh") else None,
        "secrets": [
            Values(id="k1", hint="9f3a", created_at=AT, expires_at=None, last_used_at=None),
            Values(
                id="k2",
                hint="77c0",
                created_at=AT - timedelta(days=80),
                expires_at=AT + timedelta(hours=20),
                last_used_at=AT,
            ),
        ],
        "redirect_uris": ["https://crm.leadbook.example/connect/voicetree/done"],
        "redirect_form": refused,
        "form": refused if refused.errors else None,
        "rotate_form": RotateForm(),
        "keys_form": KeysForm(),
        "testers": ["acc_01jdgq3vk8e0mr4x0n5x0a7q2z"],
        "tester_form": TesterForm(),
        "scopes": [
            Values(
                scope="call_log:read",
                title="List of your calls",
                required=True,
                purpose="To show each call beside its customer.",
                tier_words="Standard",
                review_words="Reviewed when the app is listed.",
            ),
            Values(
                scope="call_log.numbers:read",
                title="Callers' full numbers and names",
                required=False,
                purpose="To find the customer.",
                tier_words="Sensitive",
                review_words="A person reviews your reason.",
            ),
        ],
        "versions": [
            Values(
                number=2,
                state_words="Draft",
                state_kind="quiet",
                published_at=None,
                added=["call_log.numbers:read"],
                removed=[],
            ),
            Values(
                number=1,
                state_words="Published",
                state_kind="good",
                published_at=AT,
                added=["call_log:read"],
                removed=[],
            ),
        ],
        "acts": [
            Values(href="/submit", words="Submit for review", kind="", advice="A reviewer reads every reason."),
            Values(href="/retire", words="Retire the app", kind="danger", advice="Nobody can connect it any more."),
        ],
        "reviews": [Values(at=AT, words="Changes asked: say who sees the numbers.", by="A reviewer", href="")],
        "scope_form_url": "/s",
        "consent_url": "/c",
        "endpoints_url": "/w",
    }


ENDPOINTS = [
    Values(
        id="e1",
        url="https://crm.leadbook.example/hooks/voicetree",
        state_words="On",
        state_kind="good",
        types=["call.ended", "grant.revoked"],
        created_at=AT,
        last=Values(at=AT, words="200 in 84 ms", kind="good"),
        waiting=0,
    ),
    Values(
        id="e2",
        url="https://old.leadbook.example/hooks",
        state_words="Failing",
        state_kind="bad",
        types=["call.ended"],
        created_at=AT,
        last=Values(at=AT, words="timed out", kind="bad"),
        waiting=14,
    ),
]
SAMPLES = {
    "home": Sample(
        "developer",
        "developer/home.html",
        lambda: {"team": TEAM, "apps": APPS, "base_url": "https://connect.example", "sandbox": None},
    ),
    "apps": Sample("developer", "developer/apps.html", lambda: {"team": TEAM, "apps": APPS}),
    "apps-none": Sample("developer", "developer/apps.html", lambda: {"team": TEAM, "apps": []}),
    "new-app": Sample(
        "developer", "developer/new_app.html", lambda: {"form": NewAppForm(), "scopes": _scopes(), "problems": None}
    ),
    "new-app-refused": Sample(
        "developer",
        "developer/new_app.html",
        lambda: {
            "form": _refused(NewAppForm()),
            "scopes": _scopes("Say why people should share callers' numbers"),
            "problems": [
                Values(text="Say why people should share callers' numbers", href="#purpose-call_log.numbers:read")
            ],
        },
    ),
    "app": Sample("developer", "developer/app.html", _app),
    "app-keys": Sample("developer", "developer/app.html", lambda: _app(keyed="by value")),
    "app-keys-published": Sample("developer", "developer/app.html", lambda: _app(keyed="published")),
    "app-fresh": Sample("developer", "developer/app.html", lambda: _app(fresh=True, refused=True)),
    "consent": Sample(
        "developer",
        "developer/consent.html",
        lambda: {
            "view": consent_view(),
            "account_name": "Example Traders",
            "back_url": "/a",
            "versions": [
                Values(number=2, state_words="Draft", href="/2", current=True),
                Values(number=1, state_words="Published", href="/1", current=False),
            ],
            "everything": False,
            "turn_url": "/t",
        },
    ),
    "scopes": Sample(
        "developer",
        "developer/scopes.html",
        lambda: {
            "app": APPS[0],
            "form": ScopesForm(),
            "scopes": _scopes(),
            "problems": None,
            "version": 4,
            "consequence_words": "What it adds is reviewed and consented to again.",
        },
    ),
    "endpoints": Sample(
        "developer",
        "developer/endpoints.html",
        lambda: {
            "app": APPS[0],
            "form": EndpointForm(),
            "new_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "endpoints": ENDPOINTS,
        },
    ),
}
