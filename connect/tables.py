"""Imports every model, so that the schema test and Alembic see all tables."""

from __future__ import annotations

import apps_registry.models  # noqa: F401 - imported for the tables it defines, like those below
import connect.accounts.models
import connect.calls.models
import connect.core.keyring
import connect.core.limits
import connect.core.mail
import connect.disclosure.models
import connect.grants.models
import connect.jobs.models
import connect.ledger.partitions
import connect.ledger.selfcheck
import connect.oauth.models
import connect.webhooks.models  # noqa: F401
from connect.core.database import Base

metadata = Base.metadata
