"""Mail leaves once, after the transaction that wanted it; a refused recipient costs only their own letter."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType

import pytest

from connect.core import mail, settings
from tests.support.clock import Clock


class _Smtp(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as one letter takes; recipients that begin with `no-` are refused."""

    def handle(self) -> None:
        self._say("220 ready")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"RCPT":
                self._say("550 no such mailbox" if b"<no-" in line else "250 ok")
            elif verb == b"DATA":
                self._say("354 go on")
                lines = list(iter(self.rfile.readline, b".\r\n"))
                self.server.letters.append(b"".join(lines).decode())  # type: ignore[attr-defined]
                self._say("250 taken")
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


@pytest.fixture
def letters(database: ModuleType) -> Iterator[list[str]]:
    """What a mail server on 127.0.0.1 took."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Smtp) as server:
        server.letters = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        settings.activate(replace(settings.current(), smtp_url=f"smtp://127.0.0.1:{server.server_address[1]}"))
        yield server.letters  # type: ignore[attr-defined]
        server.shutdown()


def write(database: ModuleType, *recipients: str) -> None:
    with database.unit_of_work() as session:
        for recipient in recipients:
            mail.send(session, recipient, "A subject", "A body", "test")


def test_a_letter_is_sent_once(database: ModuleType, letters: list[str]) -> None:
    write(database, "asha@neem.example")
    assert [mail.deliver_due(), mail.deliver_due()] == [1, 0]
    assert len(letters) == 1 and "To: asha@neem.example" in letters[0]


def test_a_refused_recipient_costs_only_their_own_letter(
    database: ModuleType, letters: list[str], clock: Clock
) -> None:
    write(database, "asha@neem.example", "no-body@neem.example", "ravi@neem.example")
    mail.deliver_due()
    assert len(letters) == 2
    clock.move(minutes=11)
    assert mail.deliver_due() == 1  # the refused one alone is tried again
    assert len(letters) == 2


def test_a_failure_waits_longer_each_time(database: ModuleType, letters: list[str], clock: Clock) -> None:
    write(database, "no-body@neem.example")
    tried = []
    for _ in range(6):
        tried.append(mail.deliver_due())
        clock.move(minutes=11)
    assert tried == [1, 1, 0, 1, 0, 0]


def test_a_server_that_does_not_answer_loses_nothing(database: ModuleType, letters: list[str], clock: Clock) -> None:
    away = settings.current()
    settings.activate(replace(away, smtp_url="smtp://127.0.0.1:9"))
    write(database, "asha@neem.example")
    assert mail.deliver_due() == 1 and letters == []
    settings.activate(away)
    clock.move(minutes=11)
    assert mail.deliver_due() == 1 and len(letters) == 1


def test_two_workers_do_not_send_one_letter_twice(database: ModuleType, letters: list[str]) -> None:
    write(database, *(f"person{number}@neem.example" for number in range(20)))
    threads = [threading.Thread(target=mail.deliver_due) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(letters) == 20


def test_without_a_server_a_letter_is_a_file(database: ModuleType) -> None:
    write(database, "asha@neem.example")
    mail.deliver_due()
    assert len(list((settings.current().data_dir / "mail").glob("*.eml"))) == 1
    assert mail.newest()[0].sent_at is not None
