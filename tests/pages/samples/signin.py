"""Samples of the sign-in pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from connect.signin.forms import ConfirmForm, PasswordForm, ProfileForm, SignInForm
from tests.pages.samples import Sample, Values
from tests.pages.samples.customer import AT

PERSON = Values(name="Asha Menon", email="asha@menon-tiles.example")


def _refused() -> dict[str, Any]:
    form = SignInForm()
    form.validate()
    form.csrf_token.errors = []
    return {"form": form, "app_name": ""}


SESSIONS = [
    Values(
        id="s1",
        device="Firefox on Linux",
        address="203.0.113.7",
        authenticated_at=AT,
        last_seen_at=AT,
        expires_at=AT + timedelta(days=30),
        current=True,
    ),
    Values(
        id="s2",
        device="Chrome on Android",
        address="198.51.100.20",
        authenticated_at=AT - timedelta(days=2),
        last_seen_at=AT,
        expires_at=AT + timedelta(days=28),
        current=False,
    ),
]
ACCOUNTS = [
    Values(id="a1", name="Menon Tiles", role="owner", chosen=True),
    Values(id="a2", name="Menon Logistics", role="admin", chosen=False),
]

SAMPLES = {
    "sign-in": Sample(
        "signin", "signin/sign_in.html", lambda: {"form": SignInForm(), "app_name": "Leadbook CRM"}, signed_in=False
    ),
    "sign-in-refused": Sample("signin", "signin/sign_in.html", _refused, signed_in=False),
    "set-password": Sample(
        "signin",
        "signin/set_password.html",
        lambda: {"form": PasswordForm(), "person": PERSON, "min_length": 12, "ask_adult": True},
        signed_in=False,
    ),
    "link-ended": Sample("signin", "signin/link_ended.html", signed_in=False),
    "choose-account": Sample(
        "signin", "signin/choose_account.html", lambda: {"accounts": ACCOUNTS, "app_name": "Leadbook CRM"}
    ),
    "confirm": Sample(
        "signin",
        "signin/confirm.html",
        lambda: {
            "form": ConfirmForm(),
            "person": PERSON,
            "minutes": 10,
            "act_words": "To make a new client secret, enter your password once more.",
        },
    ),
    "sessions": Sample("signin", "signin/sessions.html", lambda: {"sessions": SESSIONS}),
    "profile": Sample(
        "signin",
        "signin/profile.html",
        lambda: {
            "form": ProfileForm(data={"name": "Asha Menon"}),
            "person": PERSON,
            "memberships": [
                Values(place="Menon Tiles", place_id="acc_01jdgq3vk8e0mr4x0n5x0a7q2z", role="owner", until=None),
                Values(place="VoiceTree staff", place_id=None, role="examiner", until=AT),
            ],
        },
    ),
}
