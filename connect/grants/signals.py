"""What the grants room tells the rooms above it. Each is sent inside the caller's transaction, after the grant row was changed.

Sender of each: the `Grant` row. Arguments: `session`, the open unit; `version`, the `GrantVersion` just written.
"""

from __future__ import annotations

from connect.core.signals import signal

_INSIDE = "Inside the transaction; sender: the Grant; arguments: session, version."

grant_given = signal("grant_given", f"A person of the account consented for the first time. {_INSIDE}")
grant_changed = signal("grant_changed", f"A further consent changed scopes or terms, in either direction. {_INSIDE}")
grant_narrowed = signal(
    "grant_narrowed", f"A person took scopes away or tightened terms without a new consent. {_INSIDE}"
)
grant_paused = signal("grant_paused", f"Reads answer 403 from now on; refresh still works. {_INSIDE}")
grant_resumed = signal("grant_resumed", f"A paused grant is active again. {_INSIDE}")
grant_confirmation_asked = signal(
    "grant_confirmation_asked",
    f"Who stands behind the grant may not give it any more; it goes on for a while. {_INSIDE}",
)
grant_confirmed = signal(
    "grant_confirmed", f"What was asked about the grant is answered: somebody stands behind it. {_INSIDE}"
)
grant_revoked = signal("grant_revoked", f"The grant has ended by a person's or an operator's act. {_INSIDE}")
grant_expired = signal("grant_expired", f"The grant has ended because its time was over. {_INSIDE}")
