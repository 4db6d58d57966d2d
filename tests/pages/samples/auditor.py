"""Samples of the auditor's pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.pages.samples import Sample, Values
from tests.pages.samples.customer import AT

QUERY = Values(
    account="", app="p1", type="", channel="api", request_id="", record="", since="2026-10-26", until="2026-11-25"
)
CHOICES = Values(
    accounts=[Values(value="a1", words="Menon Tiles")],
    apps=[Values(value="p1", words="Leadbook CRM")],
    types=[Values(value="disclosure", words="Disclosure"), Values(value="grant", words="Grant")],
    channels=[Values(value="api", words="API"), Values(value="webhook", words="Webhook")],
)
CHAIN = Values(
    size=1048231,
    pending=3,
    stale=False,
    sealed_age=timedelta(seconds=4),
    checkpoint=Values(at=AT, size=1048231, root="q1Zc8y0n0mF4c3Yh…"),
    check=Values(at=AT, ok=True, words="1,048,231 entries compared with their leaves.", entry_url=None),
)
BROKEN = Values(
    CHAIN
    | {
        "stale": True,
        "sealed_age": timedelta(minutes=14),
        "check": Values(
            at=AT,
            ok=False,
            words="Entry 204,117 is not what was sealed: its body has another hash than its leaf.",
            entry_url="/entry",
        ),
    }
)


def _row(index: int | None, event: str, **more: Any) -> Values:
    base = {
        "id": "ent_1",
        "at": AT,
        "type": "disclosure",
        "actor": "Leadbook CRM",
        "app": "Leadbook CRM",
        "account": "Menon Tiles",
        "channel": "api",
        "href": "/e",
    }
    return Values(
        base
        | {
            "index": index,
            "event": event,
            "operation": "GET /v1/calls",
            "records": 50,
            "fields": 19,
            "masked": True,
            "status_words": "200",
            "status_kind": "good",
        }
        | more
    )


ROWS = [
    _row(None, "Read calls"),
    _row(1048230, "Read calls"),
    _row(
        1048112,
        "Refused: the grant has ended",
        records=0,
        fields=0,
        masked=False,
        status_words="401",
        status_kind="warning",
    ),
    _row(
        1048111,
        "Disconnected",
        actor="Asha Menon",
        type="grant",
        channel=None,
        operation="",
        records=None,
        fields=None,
        masked=False,
        status_words="done",
        status_kind="quiet",
    ),
]


def _console(**changes: Any) -> dict[str, Any]:
    return {
        "query": QUERY,
        "choices": CHOICES,
        "window_words": "The last 30 days, until now.",
        "wider_url": "/wider",
        "problems": None,
        "scope_words": "You read the whole ledger of all businesses. That you looked is itself recorded.",
        "chain": CHAIN,
        "rows": ROWS,
        "total": 1204,
        "newer_url": "",
        "older_url": "/older",
        "bundle_url": "/bundle",
        "bundle_fields": {"app": "p1"},
    } | changes


ENTRY: dict[str, Any] = {
    "entry": Values(
        id="ent_01jdgq3vk8e0mr4x0n5x0a7q2z",
        index=1048230,
        at=AT,
        type="disclosure",
        sentence="Leadbook CRM read 50 calls of Menon Tiles over the API, under the consent Asha Menon gave on 16 Oct 2026.",
        facts=[
            ("App", "Leadbook CRM"),
            ("Business", "Menon Tiles"),
            ("Request", "req_01jdgq3vk8e0mr4x0n5x0a7q2z"),
            ("Operation", "GET /v1/calls"),
            ("Status", "200"),
            ("Records", "50"),
            ("Bytes sent", "31,204"),
        ],
        body='{"account":"acc_01jdg","app":"app_01jdg","bytes":31204,"channel":"api","count":50,"fields":["id","started_at","status"],"grant":{"id":"grt_01","version":1},"v":1}',
        body_sha256="4be1" * 16,
        nonce="91c2" * 16,
        leaf_hash="d0f3" * 16,
    ),
    "fields": [
        Values(field="caller_e164", title="Caller's number", masked="number"),
        Values(field="started_at", title="When it started", masked=""),
    ],
    "lines": [Values(record=f"call_01jdgq3vk8e0mr4x0n5x0a7q{n:02}", fields=19) for n in range(10)],
    "lines_total": 50,
    "proof": Values(
        index=1048230,
        size=1048231,
        path=["aa10" * 16, "bb20" * 16, "cc30" * 16],
        root="q1Zc8y0n0mF4c3YhTt2m9m1H0mF4c3YhTt2m9m1H0mE=",
    ),
    "checkpoint": "connect.example/ledger/1\n1048231\nq1Zc8y0n0mF4c3YhTt2m9m1H0mF4c3YhTt2m9m1H0mE=\n\n"
    f"— connect.example/ledger/1 {'Az3grlgtzPICa5OS8npVmf1Myq' * 4}\n",
    "verdict": Values(ok=True, words="Its hash and its place in the log were checked just now"),
    "steps": [
        ("Download the evidence bundle.", ""),
        (
            "Run the verifier: Python alone, no network.",
            "python verify.py bundle.zip --key connect.example/ledger/1+a3b4c5d6+AQ0…",
        ),
    ],
    "key": "connect.example/ledger/1+a3b4c5d6+AQ0xyzExampleKeyExampleKeyExampleKeyExample=",
    "bundle_url": "/bundle",
    "related": [Values(words="All of this request", href="/q")],
}
UNSEALED = ENTRY | {
    "entry": Values(ENTRY["entry"] | {"index": None}),
    "proof": None,
    "checkpoint": None,
    "lines": [],
    "fields": [],
}

SAMPLES = {
    "console": Sample("auditor", "auditor/console.html", _console),
    "console-broken": Sample(
        "auditor",
        "auditor/console.html",
        lambda: _console(
            chain=BROKEN, rows=[], total=0, problems=[Values(text="The day 2026-02-30 does not exist", href="#since")]
        ),
    ),
    "entry": Sample("auditor", "auditor/entry.html", lambda: ENTRY),
    "entry-unsealed": Sample("auditor", "auditor/entry.html", lambda: UNSEALED),
}
