"""The page about clients that others wrote, with the code and the versions that the tests run."""

from __future__ import annotations

import json
import re
from pathlib import Path

from scripts.markdown import code, page, table

ROOT = Path(__file__).resolve().parent.parent
CLIENTS = ROOT / "tests/clients"

_INTRO = """\
There is no library of ours to install. The platform keeps to the standards, so a client that keeps to them too needs its address, a
client id and a secret or a key, and finds the rest in its metadata (RFC 8414). The code below is what the tests run against a served
platform, on SQLite and on PostgreSQL: connect, read, refresh, revoke, and the customer's disconnecting the app.

`visit(address)` stands for what only a person can do. Send their browser to `address`, and go on in the handler of your redirect URI
with the address it came back to; until then keep `state` and the PKCE verifier in the browser's session. `scope` is names with spaces
between them, `offline_access` among them if you want to refresh. Then read, for example `/v1/calls?limit=50`."""

_ENDED = """\
Once the customer has disconnected the app, the API answers 401 with `invalid_token` and a problem that says so, and a refresh is
`invalid_grant`: tell your user, and connect again when they ask for it."""

_PUSHED = """\
To keep the request out of the address bar, push it first (RFC 9126): the platform checks all of it and who you are before a browser is
sent anywhere, and the browser carries a reference that lasts 90 seconds until it is opened and is spent when the customer answers."""

_DPOP = """\
To bind tokens to a key, so that a stolen one is of no use (DPoP, RFC 9449): the code is bound from the pushed request on, then each
token. `withNonce` is for a platform that asks for a nonce; nothing else has to be known about it."""

_FAPI = """\
For an app of the FAPI 2.0 tier: all of this, and a key in place of the secret. `clientKey` is the private JWK whose public half was
registered ([a key in place of a secret](README.md#a-key-in-place-of-a-secret)). The refresh token stays the same here."""

_DEVICE = """\
On a device without a browser (RFC 8628) `visit` becomes your screen: it shows an address and a code, and the program polls
meanwhile."""

_REQUESTS_OAUTHLIB = """\
It compares `state` too, within one session, and leaves `iss` to you. Set `OAUTHLIB_RELAX_TOKEN_SCOPE=1`: without it a customer who
leaves a box unticked is an exception. To try it over `http`, set `OAUTHLIB_INSECURE_TRANSPORT=1`."""

_MCP = """\
Hosts of AI agents carry `@modelcontextprotocol/sdk`. Give its `auth` the address that answered 401: it reads `resource_metadata` and
`scope` from the challenge, finds the platform (RFC 9728, then RFC 8414), sends `resource` with each request, and refreshes. Of the
client it needs one of three: `clientInformation()` that returns the id of an app registered beforehand; `clientMetadataUrl`, the https
address of a document that describes it; or neither, and it registers itself. The last two are
[unverified](README.md#an-app-that-nobody-registered). The challenge names the scopes of the one
request that was refused; add `offline_access`, or nothing can be refreshed."""


def clients_page() -> str:
    """What each library needs to be told, as short as it can be."""
    return page(
        "Use it with the client you have",
        _INTRO,
        table(("library", "from", "tested", "proves itself by"), _rows()),
        _ENDED,
        "## oauth4webapi",
        "For everything that has `fetch`. It compares `state` and `iss` for you. `issuer` is a `URL`.",
        _script("oauth4webapi"),
        _PUSHED,
        _script("oauth4webapi-pushed"),
        _DPOP,
        _script("oauth4webapi-dpop"),
        _FAPI,
        _script("oauth4webapi-fapi"),
        _DEVICE,
        _script("oauth4webapi-device"),
        "## openid-client",
        "By the same author, and shorter.",
        _script("openid-client"),
        "## Authlib",
        "It compares `state`, and leaves `iss` (RFC 9207) to you. In a Flask app take its `flask_client`, as the\n"
        "[Neem CRM](../../examples/crm) does.",
        _module("authlib_app"),
        "## requests-oauthlib",
        _REQUESTS_OAUTHLIB,
        _module("requests_oauthlib_app"),
        "## The SDK of MCP",
        _MCP,
    )


def _rows() -> list[tuple[str, str, str, str]]:
    npm = json.loads((CLIENTS / "node/package.json").read_text())["dependencies"]
    pypi = dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "requirements-dev.txt").read_text(), re.MULTILINE))
    basic, post, key, none = map(code, ("client_secret_basic", "client_secret_post", "private_key_jwt", "none"))
    return [
        ("oauth4webapi", "npm", npm["oauth4webapi"], f"{basic}, {key}, {none}"),
        ("openid-client", "npm", npm["openid-client"], post),
        ("Authlib", "PyPI", pypi["authlib"], f"{basic}, {post}, {none}"),
        ("requests-oauthlib", "PyPI", pypi["requests-oauthlib"], basic),
        ("@modelcontextprotocol/sdk", "npm", npm["@modelcontextprotocol/sdk"], none),
    ]


def _script(name: str) -> str:
    """A Node.js module without the import of what only the tests have."""
    lines = (CLIENTS / f"node/{name}.mjs").read_text().splitlines()
    return _block("js", "\n".join(line for line in lines if "from './" not in line))


def _module(name: str) -> str:
    """A Python module without its docstring."""
    _, _, text = (CLIENTS / f"{name}.py").read_text().partition("from __future__ import annotations\n")
    return _block("python", text)


def _block(language: str, text: str) -> str:
    return f"```{language}\n{text.strip()}\n```"
