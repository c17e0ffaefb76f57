"""E-mail by SMTP, with the standard library in a thread: a few messages a minute need no client of their own."""

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from tanggap.notification.channels.model import Failed, Outgoing, Throttled, Unfit, Unsure
from tanggap.notification.model import Channel
from tanggap.notification.settings import Smtp

#: Replies that say: no such mailbox (RFC 5321, 4.2.3).
NO_MAILBOX = (550, 551, 553)


class MailServer:
    """One mail server."""

    channel = Channel.EMAIL

    def __init__(self, said: Smtp, password: str, context: ssl.SSLContext | None = None) -> None:
        self.name, self.rate_per_s, self.in_flight = said.name, said.rate_per_s, said.in_flight
        self._said, self._password = said, password
        self._context = context or ssl.create_default_context()

    async def send(self, message: Outgoing) -> str:
        """Hand a message over. Raises Failed, Throttled, Unsure, Unfit."""
        mail = self._mail(message)
        await asyncio.to_thread(self._hand_over, mail, message.to)
        return str(mail["Message-ID"])

    async def run(self) -> None:
        """Nothing to keep: each message has its own connection."""
        await asyncio.Event().wait()

    def _mail(self, message: Outgoing) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = self._said.sender
        mail["To"] = message.to
        mail["Subject"] = " ".join(message.subject.split())[:200]
        mail["Date"] = format_datetime(message.queued_at)
        # The same name at each attempt, so that a mailbox may recognise what came twice.
        host = parseaddr(self._said.sender)[1].rpartition("@")[2] or "localhost"
        mail["Message-ID"] = f"<{message.id}@{host}>"
        mail["Auto-Submitted"] = "auto-generated"
        if message.is_urgent:
            mail["X-Priority"] = "1"
        mail.set_content(f"{message.text}\n\n{message.link}\n" if message.link else f"{message.text}\n")
        return mail

    def _hand_over(self, mail: EmailMessage, to: str) -> None:
        is_handed = False
        try:
            with self._connected() as server:
                is_handed = True
                server.send_message(mail, to_addrs=[to])
                is_handed = False  # the server took it; only saying good-bye can still fail
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise (Unfit if code in NO_MAILBOX else Throttled if code in (450, 451, 452) else Failed)(
                _said(code, said)
            ) from error
        except smtplib.SMTPResponseException as error:
            raise (Throttled if error.smtp_code == 421 else Failed)(_said(error.smtp_code, error.smtp_error)) from error
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise (Unsure if is_handed else Failed)(f"no answer: {type(error).__name__}") from error

    def _connected(self) -> smtplib.SMTP:
        said = self._said
        if said.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(said.host, said.port, timeout=said.timeout_s, context=self._context)
        else:
            server = smtplib.SMTP(said.host, said.port, timeout=said.timeout_s)
        try:
            if said.security == "starttls":
                server.starttls(context=self._context)
            if said.user:
                server.login(said.user, self._password)
        except BaseException:
            server.close()
            raise
        return server


def _said(code: int, said: bytes | str) -> str:
    text = said.decode("ascii", "replace") if isinstance(said, bytes) else said
    return f"SMTP {code} {' '.join(text.split())[:100]}"
