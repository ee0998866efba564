"""What is taken down of a pull and of a run, as plain data."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from jtnet_recon.errors import ConfigError
from jtnet_recon.period import KST, KST_NAME, Period

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import pandas as pd

    from jtnet_recon.recon.result import Reconciliation

_DAY = re.compile(r"\d{4}-?\d{2}-?\d{2}")
_IDENTITY = ("job", "period", "digest", "started_at")


def pull_facts(payments: pd.DataFrame, *, sha256: str, saved_at: str) -> dict[str, Any]:
    """Take a pull down.

    Parameters
    ----------
    payments : DataFrame, table PAYMENTS
        What was pulled.
    sha256 : str
        Of its file.
    saved_at : str
        When it is kept, ISO 8601.

    Returns
    -------
    dict
        With sha256, rows, saved_at and certificate.
    """
    return {
        "sha256": sha256,
        "rows": len(payments),
        "saved_at": saved_at,
        "certificate": payments.attrs.get("pull") or {},
    }


def run_facts(  # noqa: PLR0913 - each is one thing an auditor asks of a run
    result: Reconciliation,
    *,
    job: str,
    period: Period | str | None,
    inputs: Mapping[str, Any] | None,
    outputs: Mapping[str, Any] | None,
    started: datetime | None,
) -> dict[str, Any]:
    """Take a run down, but for its tables.

    Parameters
    ----------
    result : Reconciliation
        What was found.
    job : str
        The job's name.
    period : Period or str or None
        What the run is about.
    inputs, outputs : Mapping or None
        What went in and came out.
    started : datetime or None
        When the run began.

    Returns
    -------
    dict
        What JSON can hold.

    Raises
    ------
    ConfigError
        If ``started`` has no zone, or ``inputs`` or ``outputs`` hold what JSON cannot.
    """
    pull = result.payments.attrs.get("pull") or {}
    generated_at = str(getattr(result, "generated_at", ""))
    identity = dict(getattr(result, "identity", {}))
    conclusion = result.conclusion
    return {
        "job": job,
        "period": str(Period(period)) if period is not None else str(pull.get("period", "")),
        "basis": pull.get("basis", ""),
        "rule": result.rule.name,
        "rule_digest": hashlib.sha256(str(result.rule).encode()).hexdigest(),
        "digest": result.digest,
        "verdict": conclusion.verdict,
        "agrees": result.agrees,
        "conclusion": conclusion.text,
        "conclusion_ko": conclusion.text_ko,
        "breaks": len(result.breaks),
        "open_items": int((result.breaks["severity"] != "Info").sum()),
        "money_at_risk": _at_risk(result.breaks),
        "rows_in_all": {
            side: int(frame.attrs.get("rows_in_all", len(frame)))
            for side, frame in (("payments", result.payments), ("ledger", result.ledger))
        },
        "carried": {
            side: frame.attrs.get("carried") or {}
            for side, frame in (("payments", result.payments), ("ledger", result.ledger))
        },
        "certificate": pull,
        "source": result.ledger.attrs.get("source") or {},
        "inputs": _plain("inputs", inputs),
        "outputs": _plain("outputs", outputs),
        "generated_at": generated_at,
        "started_at": _instant(started) or generated_at,
        **{name: identity.get(name, "") for name in ("library", "python", "pandas")},
    }


def identity_of(facts: Mapping[str, Any]) -> str:
    """Return what makes a run this run: job, period, result and start.

    Parameters
    ----------
    facts : Mapping
        Of :func:`run_facts`.

    Returns
    -------
    str
        A SHA-256, hexadecimal.
    """
    text = json.dumps([facts[name] for name in _IDENTITY])
    return hashlib.sha256(text.encode()).hexdigest()


def instant_of(when: datetime | str) -> pd.Timestamp:
    """Read an instant.

    Parameters
    ----------
    when : datetime or str
        Asia/Seoul if it names no zone; a day alone is its last microsecond.

    Returns
    -------
    Timestamp
        In Asia/Seoul.

    Raises
    ------
    ConfigError
        If it is none.
    """
    import pandas as pd

    try:
        instant = pd.Timestamp(when)
    except (TypeError, ValueError) as error:
        raise ConfigError(
            message=f"{when!r} is no instant.",
            hint="Write 2022-12-01 or 2022-12-01T09:00:00+09:00.",
            hint_ko="2022-12-01 또는 2022-12-01T09:00:00+09:00 처럼 쓰세요.",
        ) from error
    if isinstance(when, str) and _DAY.fullmatch(when.strip()):
        instant += pd.Timedelta(days=1) - pd.Timedelta(microseconds=1)
    if instant.tzinfo is None:
        return instant.tz_localize(KST_NAME)
    return instant.tz_convert(KST_NAME)


def _at_risk(breaks: pd.DataFrame) -> dict[str, int]:
    """Add up the money at risk by currency, in Python integers."""
    sums: dict[str, int] = {}
    chosen = breaks[breaks["currency"].notna()]
    for currency, amount in zip(chosen["currency"], chosen["money_at_risk"], strict=True):
        sums[str(currency)] = sums.get(str(currency), 0) + int(amount)
    return sums


def _instant(started: datetime | None) -> str:
    if started is None:
        return ""
    if started.tzinfo is None:
        raise ConfigError(
            message="started= has no time zone.",
            hint="Give an aware datetime, such as datetime.now(timezone.utc).",
            hint_ko="시간대가 있는 datetime을 지정하세요. 예: datetime.now(timezone.utc)",
        )
    return started.astimezone(KST).isoformat(timespec="microseconds")


def _plain(name: str, values: Mapping[str, Any] | None) -> dict[str, Any]:
    """Take a mapping as JSON does, or say what it cannot hold."""
    try:
        plain: dict[str, Any] = json.loads(json.dumps(dict(values or {}), allow_nan=False))
    except (TypeError, ValueError) as error:
        raise ConfigError(
            message=f"{name}= holds what JSON cannot: {error}.",
            hint="Give texts, whole numbers, lists and mappings.",
            hint_ko="문자열, 정수, 목록, 사전만 지정하세요.",
        ) from error
    return plain
