"""Mail leaves through an outbox: a row in the caller's transaction, sent later by a job, so that a rollback sends nothing."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit
from uuid import UUID

from sqlalchemy import String, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from connect.core import clock, database, ids, settings
from connect.core.database import Base, Id, UtcDateTime


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


def deliver_due(session: Session, limit: int = 100) -> int:
    """Send what waits: by SMTP where set, else to a file of the data folder. Returns how many."""
    waiting = select(Mail).where(Mail.sent_at.is_(None)).order_by(Mail.created_at).limit(limit)
    if database.dialect() == "postgresql":
        waiting = waiting.with_for_update(skip_locked=True)
    letters = session.scalars(waiting).all()
    for letter in letters:
        _transport(_message(letter))
        session.execute(update(Mail).where(Mail.id == letter.id).values(sent_at=clock.now()))
    return len(letters)


def _message(letter: Mail) -> EmailMessage:
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
    with smtplib.SMTP(parts.hostname or "localhost", parts.port or 587, timeout=15) as smtp:
        if parts.username:
            smtp.starttls()
            smtp.login(unquote(parts.username), unquote(parts.password or ""))
        smtp.send_message(message)
