"""What the registry tells the rooms above it, each inside the caller's transaction and after the rows were changed.

Sender of each: the `App` row. All carry `session`, the open unit, and `actor`, a core Actor.
"""

from __future__ import annotations

from connect.core.signals import signal

_INSIDE = "Inside the transaction; sender: the App; arguments: session, actor"

app_registered = signal("app_registered", f"A new app stands in the registry. {_INSIDE}, version (its first).")
app_changed = signal(
    "app_changed",
    f"Redirect URIs, testers, or what an app says of itself were changed. {_INSIDE}, fields (names of what changed).",
)
app_moved = signal(
    "app_moved",
    f"A team or the staff took a step of the lifecycle that has no signal of its own. {_INSIDE}, before, move.",
)
app_version_added = signal(
    "app_version_added", f"A further version asks for another set of scopes. {_INSIDE}, version."
)
version_submitted = signal("version_submitted", f"The team asks for a review. {_INSIDE}, version.")
version_reviewed = signal(
    "version_reviewed", f"A reviewer, or the operator, decided about a version. {_INSIDE}, version, review."
)
version_published = signal(
    "version_published", f"A version is in force from now on; new consents draw from it. {_INSIDE}, version."
)
app_suspended = signal(
    "app_suspended", f"Nothing of the app works from the next statement on. {_INSIDE}, reason (shown to all sides)."
)
app_reinstated = signal("app_reinstated", f"A suspended app is back where it was. {_INSIDE}, reason.")
app_retired = signal("app_retired", f"The app has ended for good. {_INSIDE}, reason.")
app_removed = signal(
    "app_removed", f"An app that registered itself, and that nobody connected, is being taken out. {_INSIDE}."
)
keys_changed = signal(
    "keys_changed",
    f"The keys that an app proves itself with are others. {_INSIDE}, made and ended (tuples of keys.KeyName).",
)
secret_made = signal("secret_made", f"A new app got its first client secret. {_INSIDE}, secret (AppSecret).")
secret_rotated = signal(
    "secret_rotated",
    f"A new client secret was made; an older one lives on for the overlap. {_INSIDE}, secret (AppSecret).",
)
secret_ended = signal("secret_ended", f"A client secret was ended before its time. {_INSIDE}, secret (AppSecret).")
