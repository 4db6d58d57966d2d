"""What the accounts room tells the rooms above it, each inside the caller's transaction and after the rows were changed."""

from __future__ import annotations

from connect.core.signals import signal

_PERSON = "Inside the transaction; sender: the Person; arguments: session, actor"

account_added = signal(
    "account_added",
    "A customer or sandbox account was made. Inside the transaction; sender: the Account; session, actor.",
)
person_added = signal("person_added", f"Somebody can be given a password. {_PERSON}.")
person_closed = signal("person_closed", f"Somebody can no longer sign in; their sessions have ended. {_PERSON}.")
role_given = signal("role_given", f"A person has a further role. {_PERSON}, membership.")
role_taken = signal("role_taken", f"A person no longer has a role. {_PERSON}, membership (as it was).")
profile_changed = signal(
    "profile_changed", f"A person's profile was changed (P9). {_PERSON}, fields (names, no values)."
)
password_set = signal(
    "password_set", f"A person chose a password by a one-time link; their sessions have ended. {_PERSON}."
)
signed_in = signal(
    "signed_in",
    f"A person proved who they are. {_PERSON}, sign_in (the SignInSession), step_up (whether it was signed in before).",
)
signed_out_everywhere = signal(
    "signed_out_everywhere", f"All sessions of a person were ended at once. {_PERSON}, count."
)
