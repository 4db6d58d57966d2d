"""/ledger: the public log (C2SP tlog-tiles). Anybody may read it and nobody learns anything from it: leaves are commitments."""

from __future__ import annotations

from flask import Blueprint, Response

from connect.core import database, settings
from connect.core.access import public
from connect.core.problems import Problem
from connect.ledger import keys, promise, store, tiles

_FOREVER = "public, max-age=31536000, immutable"  # a tile of a given width never changes
_SECONDS = "public, max-age=2"  # tlog-tiles: a checkpoint is not to be cached beyond a few seconds

blueprint = Blueprint("ledger_log", __name__, url_prefix="/ledger")


@blueprint.get("/checkpoint")
@public
def checkpoint() -> Response:
    """The newest published checkpoint: size and root, signed."""
    with database.read() as connection:
        newest = store.newest_published(connection)
    if newest is None:
        raise Problem("not-found", "No checkpoint was published yet; the sealer publishes one when it starts.")
    response = _text(newest.note, _SECONDS)
    response.last_modified = newest.published_at
    return response


@blueprint.get("/tile/<path:name>")
@public
def tile(name: str) -> Response:
    """A tile (`0/x001/234`), an entry bundle (`entries/000`), or a partial one of a published size (`0/000.p/17`)."""
    try:
        level, number, width = tiles.parse_path(f"tile/{name}")
    except ValueError as error:
        raise Problem("not-found", "That is not the path of a tile; see C2SP tlog-tiles.") from error
    with database.read() as connection:
        data = store.published_tile(connection, level, number, width)
    if data is None:
        raise Problem("not-found", "No published checkpoint has a tile of that number and width.")
    return Response(data, content_type="application/octet-stream", headers={"Cache-Control": _FOREVER})


@blueprint.get("/keys")
@public
def verifier_keys() -> Response:
    """The key that signs checkpoints, `origin+hash+key`, then that of promises. Auditors keep them from another channel."""
    origin = _origin()
    return _text(f"{keys.verifier_key(origin)}\n{promise.verifier_key(origin)}\n", _SECONDS)


@blueprint.get("/policy")
@public
def policy() -> Response:
    """Whom a checkpoint must be signed by (C2SP tlog-policy), with the address of the log."""
    return _text(keys.policy(f"{keys.verifier_key(_origin())} {settings.current().base_url}/ledger"), _SECONDS)


def _origin() -> str:
    with database.read() as connection:
        head = store.head(connection)
    return head.origin if head else keys.origin()


def _text(text: str, cache: str) -> Response:
    return Response(text, content_type="text/plain; charset=utf-8", headers={"Cache-Control": cache})
