"""The notice hash: what exactly stood on the consent page when a person said yes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from connect.scopes.canonical import sha256
from connect.scopes.terms import Terms


def notice_hash(language: str, texts: Any, scopes: Iterable[str], terms: Terms, app_words: Mapping[str, str]) -> str:
    """SHA-256, in hex, over canonical JSON of what was shown.

    `texts` are the platform's words on the page (JSON), `terms` the ones proposed there, `app_words` the app's own (its purpose by
    scope, its name). A wording fix changes the hash and no projection.
    """
    return sha256(
        {
            "app_words": dict(app_words),
            "language": language,
            "scopes": sorted(set(scopes)),
            "terms": terms.to_json(),
            "texts": texts,
        }
    )
