"""Telling people of a run. What cannot be sent is said, and changes nothing about the run."""

from __future__ import annotations

import json
import smtplib
import ssl
import urllib.error
import urllib.request
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jtnet_recon.client.address import is_loopback
from jtnet_recon.errors import ConfigError
from jtnet_recon.jobs import message

if TYPE_CHECKING:
    from jtnet_recon.jobs.definition import Job, Mail, Notice
    from jtnet_recon.jobs.setup import Setup

_TIMEOUT_S = 30
_ANSWER_BYTES_MAX = 1 << 16


def tell(setup: Setup, job: Job, line: dict[str, Any]) -> list[dict[str, str]]:
    """Send a run's notifications.

    Parameters
    ----------
    setup : Setup
        For addresses and passwords.
    job : Job
        Whom to tell, and in which language.
    line : dict
        Of the run.

    Returns
    -------
    list of dict
        ``to`` (never the address itself), ``state`` sent or failed, ``reason``; one a
        notification that was due.
    """
    return [
        _tried(setup, job, line, number)
        for number, notice in enumerate(job.notify)
        if _is_wanted(notice, line)
    ]


def _is_wanted(notice: Notice, line: dict[str, Any]) -> bool:
    if notice.when == "failure":
        return bool(line["status"] == "failed")
    return notice.when == "always" or line["exit"] != 0


def _tried(setup: Setup, job: Job, line: dict[str, Any], number: int) -> dict[str, str]:
    """Send one notification; its failure is told by kind, because texts may hold the address."""
    notice = job.notify[number]
    way = _mail if notice.webhook is None else _webhook
    to = f"notify.{number} ({'mail' if notice.webhook is None else f'webhook, {notice.shape}'})"
    try:
        way(setup, job, notice, line)
    except ConfigError as error:
        return {"to": to, "state": "failed", "reason": error.message.rstrip(".")}
    except urllib.error.HTTPError as error:
        error.close()
        return {"to": to, "state": "failed", "reason": f"HTTP {error.code}"}
    except smtplib.SMTPResponseException as error:
        return {"to": to, "state": "failed", "reason": f"SMTP {error.smtp_code}"}
    except (OSError, HTTPException, ValueError) as error:
        cause = getattr(error, "reason", error)
        kind = type(cause if isinstance(cause, Exception) else error).__name__
        return {"to": to, "state": "failed", "reason": kind}
    return {"to": to, "state": "sent", "reason": ""}


def _webhook(setup: Setup, job: Job, notice: Notice, line: dict[str, Any]) -> None:
    """Post a run to a webhook, as plain data or as Slack wants it."""
    address = setup.revealed(notice.webhook or "")
    _check_webhook(address)
    content: dict[str, Any] = (
        {"text": message.text(line, job.lang)} if notice.shape == "slack" else line
    )
    request = urllib.request.Request(  # noqa: S310 - the address was checked above
        address,
        data=json.dumps(content, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json; charset=utf-8", "User-Agent": "jtnet_recon"},
        method="POST",
    )
    with _opener().open(request, timeout=_TIMEOUT_S) as answer:
        answer.read(_ANSWER_BYTES_MAX)


def _opener() -> urllib.request.OpenerDirector:
    """Open addresses as they are: a redirected POST would arrive elsewhere, or as an empty GET."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
    ):
        opener.add_handler(handler)
    return opener


def _check_webhook(address: str) -> None:
    """Refuse an address that is neither https nor on this machine; it is a secret, not shown."""
    parts = urlsplit(address)
    is_safe = parts.scheme == "https" or is_loopback(parts.hostname or "")
    if parts.scheme not in ("https", "http") or not parts.hostname or not is_safe:
        raise ConfigError(message="the address of the webhook is neither https nor on this machine")


def _mail(setup: Setup, job: Job, notice: Notice, line: dict[str, Any]) -> None:
    """Send a run by e-mail."""
    server = setup.desk.mail
    if server is None:
        raise ConfigError(message="no server is named in [mail]")
    mail = EmailMessage()
    mail["Subject"] = f"[jtnet_recon] {message.subject(line, job.lang)}"
    mail["From"] = server.sender
    mail["To"] = ", ".join(notice.mail)
    mail["Date"] = formatdate(localtime=True)
    mail["Message-ID"] = make_msgid(domain="jtnet-recon.invalid")
    mail.set_content(message.text(line, job.lang))
    with _connected(server) as connection:
        if server.security == "starttls":
            connection.starttls(context=ssl.create_default_context())
        if server.user is not None:
            connection.login(server.user, setup.revealed(server.password or ""))
        connection.send_message(mail)


def _connected(server: Mail) -> smtplib.SMTP:
    if server.security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout_s, context=context)
    return smtplib.SMTP(server.host, server.port, timeout=server.timeout_s)
