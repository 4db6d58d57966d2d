"""Who plays in the demo: accounts, teams, apps and people. One sign-in for each role, two where a second person must agree."""

from __future__ import annotations

from dataclasses import dataclass

from apps_registry.details import Asked

CALLS = 5_000
FULL, EMPTY = "Neem Traders", "Tulsi Clinic"
ACCOUNTS = (FULL, EMPTY)
TEAMS = {"Neem Software": "Neem Software Pvt Ltd", "Banyan Labs": "Banyan Labs LLP"}


@dataclass(frozen=True)
class Part:
    """A person of the demo and their roles: (role, account or team; empty for the vendor's staff)."""

    email: str
    name: str
    seats: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class AppPart:
    """An app of the demo. `path` is its redirect URI's, below the CRM's address where it is the CRM."""

    name: str
    team: str
    kind: str
    description: str
    redirect_uris: tuple[str, ...]
    asked: tuple[Asked, ...]
    is_crm: bool = False


PEOPLE = (
    Part("asha@neem.example", "Asha Rao", (("owner", FULL), ("owner", EMPTY))),
    Part("vikram@neem.example", "Vikram Shah", (("admin", FULL),)),
    Part("meera@neem.example", "Meera Pillai", (("member", FULL),)),
    Part("ravi@neem.example", "Ravi Das", (("viewer", FULL),)),
    Part("audit@neem.example", "Leela Menon", (("account_auditor", FULL),)),
    Part("examiner@outside.example", "Omar Siddiqui", (("examiner", FULL),)),
    Part("lead@neemsoft.example", "Kiran Joshi", (("team_owner", "Neem Software"),)),
    Part("dev@neemsoft.example", "Nisha Verma", (("developer", "Neem Software"),)),
    Part("reviewer1@voicetree.example", "Divya Nair", (("reviewer", ""),)),
    Part("reviewer2@voicetree.example", "Sanjay Gupta", (("reviewer", ""),)),
    Part("auditor@voicetree.example", "Farah Khan", (("auditor", ""),)),
    Part("operator1@voicetree.example", "Tara Bose", (("operator", ""),)),
    Part("operator2@voicetree.example", "Imran Ali", (("operator", ""),)),
)

APPS = (
    AppPart(
        "Neem CRM",
        "Neem Software",
        "confidential",
        "Lists your calls beside your customers, so that nobody is called back twice.",
        (),
        (
            Asked("call_log:read", True, "We list your calls so that your team sees who called and when."),
            Asked("account:read", True, "We show your business's name above its calls."),
            Asked("numbers:read", True, "We show on which of your lines a call came in."),
            Asked("call_log.numbers:read", False, "With full numbers your team can call back with one click."),
            Asked("contacts:read", False, "We show the caller's name from your address book beside the call."),
            Asked("offline_access", True, "We fetch new calls while nobody is signed in."),
        ),
        is_crm=True,
    ),
    AppPart(
        "Banyan Quality",
        "Banyan Labs",
        "confidential",
        "Measures how long callers wait and who answers.",
        ("https://quality.banyan.example/callback",),
        (
            Asked("call_log:read", True, "We count waiting times and missed calls."),
            Asked("departments:read", True, "We compare departments with each other."),
            Asked("users:read", False, "We show results for each of your people."),
        ),
    ),
    AppPart(
        "Lotus Pocket",
        "Banyan Labs",
        "native",
        "Your call log on your phone.",
        ("http://127.0.0.1/callback", "com.banyan.lotus:/callback"),
        (
            Asked("call_log:read", True, "The app shows your call log."),
            Asked("account:read", False, "The app shows your business's name at its top."),
        ),
    ),
    AppPart(
        "Kite Reports",
        "Banyan Labs",
        "service",
        "Watches the developer's own deliveries; it reads no customer's data.",
        (),
        (),
    ),
)
