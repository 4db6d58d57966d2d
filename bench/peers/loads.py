"""The loads: four kinds of token request under wrk, and sixteen uses at once of one code and of one refresh token."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from urllib.parse import urlencode

import requests

from bench.peers.servers import Running
from bench.wrk import RUNS, Load, each, load, rotate

AT_ONCE = 16
_CHAINS = 64  # more than there are connections, so that none waits for another's answer
NEEDED = RUNS * _CHAINS + 2  # codes beside those that are exchanged under load


def client_credentials(running: Running, seconds: int) -> Load:
    """RFC 6749 4.4."""
    form = urlencode({"grant_type": "client_credentials", "scope": running.service.scope})
    return load(running.token_url, seconds=seconds, headers=running.service.headers, form=form)


def introspection(running: Running, seconds: int) -> Load:
    """RFC 7662, of an access token that a customer stands behind."""
    token = _redeem(running, running.codes.pop())["access_token"]
    form = urlencode({"token": token})
    return load(running.introspection_url, seconds=seconds, headers=running.client.headers, form=form)


def codes(running: Running, seconds: int) -> Load:
    """Exchanges of codes with PKCE, each code once. The codes were issued before."""
    share = (len(running.codes) - NEEDED) // RUNS
    forms = [[urlencode(running.client.of_code(running.codes.pop())) for _ in range(share)] for _ in range(RUNS)]
    return each(running.token_url, forms, seconds=seconds, headers=running.client.headers)


def refreshes(running: Running, seconds: int) -> Load:
    """Refresh tokens that rotate: each answer's token is the next request's."""
    first = [[_redeem(running, running.codes.pop())["refresh_token"] for _ in range(_CHAINS)] for _ in range(RUNS)]
    return rotate(running.token_url, first, seconds=seconds, headers=running.client.headers)


def race(running: Running) -> str:
    """How many of sixteen uses at once of one code and of one refresh token succeed, and whether the access outlives it."""
    of_code = _at_once(running, running.client.of_code(running.codes.pop()))
    token = _redeem(running, running.codes.pop())["refresh_token"]
    refreshed = [answer.json() for answer in _at_once(running, _refresh(token)) if answer.ok]
    successors = {said["refresh_token"] for said in refreshed}
    alive = any(_post(running, _refresh(successor)).ok for successor in successors)
    redeemed = sum(answer.ok for answer in of_code)
    end = "alive" if alive else "dead"
    return f"code {redeemed} of 16; refresh {len(refreshed)} of 16, {len(successors)} successors, then {end}"


def _refresh(token: str) -> dict[str, str]:
    return {"grant_type": "refresh_token", "refresh_token": token}


def _redeem(running: Running, code: str) -> dict[str, Any]:
    answer = _post(running, running.client.of_code(code))
    answer.raise_for_status()
    said: dict[str, Any] = answer.json()
    return said


def _post(running: Running, form: dict[str, str]) -> requests.Response:
    return requests.post(running.token_url, data=form, headers=running.client.headers, timeout=30)


def _at_once(running: Running, form: dict[str, str]) -> Sequence[requests.Response]:
    ready = Barrier(AT_ONCE)

    def use(_number: int) -> requests.Response:
        ready.wait()
        return _post(running, form)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(use, range(AT_ONCE)))
