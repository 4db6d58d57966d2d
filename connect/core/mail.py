"""Mail leaves through an outbox: a row in the caller's transaction, sent later by a job, so that a rollback sends nothing."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit
from uuid import UUID

from sqlalchemy import String, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from connect.core import clock, database, ids, log, settings
from connect.core.database import Base, Id, UtcDateTime

_TIMEOUT = 15.0  # seconds for each step with the mail server
_FIRST_WAIT = timedelta(minutes=10)  # longer than a whole batch may take, so that nobody sends a claimed letter too
_LONGEST_WAIT = timedelta(hours=6)

logger = log.get("mail")


class Mail(Base):
    """A mail to be sent or sent; `kind` names the occasion."""

    __tablename__ = "mail"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    recipient: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(String(250))
    body: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True, default=clock.now)
    attempts: Mapped[int] = mapped_column(default=0)


@dataclass(frozen=True)
class Letter:
    id: UUID
    recipient: str
    subject: str
    body: str
    kind: str
    created_at: datetime
    sent_at: datetime | None


def send(session: Session, to: str, subject: str, body: str, kind: str) -> None:
    """Put a mail into the outbox, in the caller's transaction."""
    session.add(Mail(id=ids.new(), recipient=to, subject=subject, body=body, kind=kind, created_at=clock.now()))


def newest(limit: int = 50) -> Sequence[Letter]:
    """The newest mails, for the development mailbox page."""
    columns = [getattr(Mail, name) for name in Letter.__dataclass_fields__]
    with database.read() as connection:
        rows = connection.execute(select(*columns).order_by(Mail.created_at.desc(), Mail.id.desc()).limit(limit))
        return [Letter(*row) for row in rows]


def deliver_due(limit: int = 20) -> int:
    """Send what is due: by SMTP where set, else to a file of the data folder. Returns how many were tried.

    A letter is claimed, sent outside any transaction, and marked by itself: a slow server holds nobody up, a refused recipient costs
    only their own letter. One that was sent by a process that died before marking it is sent again, under the same Message-ID.
    """
    letters = _claim(limit)
    for letter in letters:
        try:
            _transport(_message(letter))
        except (OSError, smtplib.SMTPException) as error:
            logger.error("mail was not sent", error=type(error).__name__, type=letter.kind)
        else:
            with database.unit_of_work() as session:
                session.execute(update(Mail).where(Mail.id == letter.id).values(sent_at=clock.now()))
    return len(letters)


def _claim(limit: int) -> list[Letter]:
    """Letters that are due, put off until they may be tried again: the claim of this process and the wait after a failure in one."""
    now = clock.now()
    due = select(Mail).where(Mail.sent_at.is_(None), Mail.due_at <= now).order_by(Mail.due_at, Mail.id).limit(limit)
    with database.unit_of_work() as session:
        claimed = session.scalars(due.with_for_update(skip_locked=True)).all()
        for mail in claimed:
            mail.due_at = now + min(_FIRST_WAIT * 2**mail.attempts, _LONGEST_WAIT)
            mail.attempts += 1
        return [Letter(*(getattr(mail, name) for name in Letter.__dataclass_fields__)) for mail in claimed]


def _message(letter: Letter) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.current().mail_from, letter.recipient, letter.subject
    message["Message-ID"] = f"<{ids.encode('mail', letter.id)}@{settings.current().host.split(':')[0]}>"
    message.set_content(letter.body)
    return message


def _transport(message: EmailMessage) -> None:
    url = settings.current().smtp_url
    if not url:
        folder = settings.current().data_dir / "mail"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{message['Message-ID'].strip('<>').partition('@')[0]}.eml").write_bytes(bytes(message))
        return
    parts = urlsplit(url)
    with smtplib.SMTP(parts.hostname or "localhost", parts.port or 587, timeout=_TIMEOUT) as smtp:
        if parts.username:
            smtp.starttls()
            smtp.login(unquote(parts.username), unquote(parts.password or ""))
        smtp.send_message(message)
