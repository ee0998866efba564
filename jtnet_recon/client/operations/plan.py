"""A plan shows what would be sent, and an outcome what came of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from jtnet_recon.client.operations.calls import ROUTES, call_of
from jtnet_recon.client.operations.card_input import MASK, Masked
from jtnet_recon.client.operations.fields import ALL, PRIVATE, in_major
from jtnet_recon.client.operations.judging_later import in_korea
from jtnet_recon.money import DEFAULT_CURRENCY, format_minor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jtnet_recon.client.endpoints import Call
    from jtnet_recon.client.operations.fields import Request
    from jtnet_recon.client.operations.verdicts import State

_INSTANTS = frozenset({"schedule_at", "vbank_due"})
_OWN = frozenset({"replace", "money", "entries"})


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """One operation, looked at and not sent: print it, then execute it, once.

    Parameters
    ----------
    id : str
        Stands in the journal.
    request : Request
        What was asked for.
    facts : mapping
        The same, completed by what was read: the amount of a cancel of ``"ALL"``, its checksum.
    before : dict
        The target as it was read; if it is another when the plan is executed, nothing is sent.
    host : str
        Where it would go.
    made_s : float
        When it was made, on the operations' own clock.
    limits : str
        What of the limits would be used.
    """

    id: str
    request: Request
    facts: Mapping[str, Any]
    before: dict[str, Any] = field(repr=False)
    host: str
    made_s: float = field(repr=False)
    limits: str
    seal: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "seal", self._sealed())

    @property
    def is_unchanged(self) -> bool:
        """Whether it says what it said when it was made: a mapping can be written to."""
        return self.seal == self._sealed()

    def _sealed(self) -> str:
        said = [self.operation, dict(self.facts), dict(self.request.body)]
        return sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()

    @property
    def operation(self) -> str:
        """Name of the operation."""
        return self.request.operation

    @property
    def call(self) -> Call:
        """Method and address."""
        query = self.request.body if self.operation == "delete_key" else {}
        return call_of(self.operation, self.facts, {n: str(v) for n, v in query.items()})

    @property
    def shown(self) -> dict[str, Any]:
        """What would be sent, card and personal data masked."""
        card = {} if self.request.card is None else {"card": repr(self.request.card)}
        body = self._body() if self.operation in _BODIES else dict(self.request.body)
        return {**_masked(body), **card}

    def sent(self) -> dict[str, Any]:
        """Return the body with the card; for the expression that writes the request only."""
        card = self.request.card
        return self._body() if card is None else Masked({**self._body(), **card.fields()})

    @property
    def body(self) -> Callable[[], dict[str, Any]] | None:
        """What makes the body; None if there is none."""
        return self.sent if self.operation in _BODIES else None

    def _body(self) -> dict[str, Any]:
        return _BODIES[self.operation](self)

    def __repr__(self) -> str:
        """Say what would be sent where, line by line."""
        method, template = ROUTES[self.operation]
        lines = [f"Plan {self.id}: {self.operation} · {method} {template} · {self.host}"]
        lines += [f"  {name:<14} {text}" for name, text in self._lines()]
        return "\n".join([*lines, "  Nothing is sent yet: execute(plan) sends it, once."])

    def _lines(self) -> list[tuple[str, str]]:
        currency = self.facts.get("currency", DEFAULT_CURRENCY)
        found = []
        for name, value in self.facts.items():
            if name in _OWN:
                continue
            if name in ("amount", "checksum"):
                found.append((name, f"{format_minor(value, currency)} {currency}"))
            elif name in _INSTANTS:
                found.append((name, in_korea(value)))
            elif name != "currency":
                found.append((name, ", ".join(value) if isinstance(value, list) else str(value)))
        for entry in self.facts.get("entries", ()):
            money = f"{format_minor(entry['amount'], entry['currency'])} {entry['currency']}"
            found.append((entry["merchant_uid"], f"{money} at {in_korea(entry['schedule_at'])}"))
        skipped = {*self.facts, "schedules", "merchant_uid"}
        found += [(name, str(value)) for name, value in self.shown.items() if name not in skipped]
        return [*found, ("limits", self.limits)]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """How an operation ended, as far as can be known.

    Parameters
    ----------
    plan : str
        Id of the plan.
    operation : str
        Its name.
    state : {"done", "declined", "unknown"}
        ``declined``: the payment is there and failed; no money moved. ``unknown``: nobody can
        tell yet; ask again with ``resolve``.
    words : str
        How it is known.
    imp_uid : str, optional
        The payment, if there is one.
    said : str
        What the server or the card company said; card numbers in it are masked.
    record : Any
        The API's answer as it came, if it came whole.
    """

    plan: str
    operation: str
    state: State
    words: str
    imp_uid: str | None = None
    said: str = ""
    record: Any = field(default=None, repr=False)

    @property
    def is_known(self) -> bool:
        """Whether it is certain how it ended."""
        return self.state != "unknown"

    def __repr__(self) -> str:
        """Give one line; UNKNOWN cannot be overlooked."""
        state = self.state if self.is_known else "UNKNOWN"
        said = f" · {self.said}" if self.said else ""
        uid = f" · {self.imp_uid}" if self.imp_uid else ""
        return f"<Outcome of {self.operation} {self.plan}: {state}, {self.words}{said}{uid}>"


def _masked(body: Mapping[str, Any]) -> dict[str, Any]:
    """Mask personal data, those of each charge of a schedule too."""
    return {
        name: [_masked(one) for one in value]
        if name in ("schedules", "further")
        else MASK
        if name in PRIVATE
        else value
        for name, value in body.items()
    }


def _key(plan: Plan) -> dict[str, Any]:
    return dict(plan.request.body)


def _charge(plan: Plan) -> dict[str, Any]:
    names = ("customer_uid", "merchant_uid")
    ids = {name: plan.facts[name] for name in names if name in plan.facts}
    return {**ids, **_money(plan.facts), **plan.request.body}


def _money(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Write an amount; won is what the API takes where no currency is named."""
    unit = facts["currency"]
    currency = {} if unit == DEFAULT_CURRENCY else {"currency": unit}
    return {"amount": in_major(facts["amount"], unit), **currency}


def _cancel(plan: Plan) -> dict[str, Any]:
    facts = plan.facts
    amounts = {name: in_major(facts[name], facts["currency"]) for name in ("amount", "checksum")}
    return {"imp_uid": facts["imp_uid"], **amounts, **plan.request.body}


def _schedule(plan: Plan) -> dict[str, Any]:
    body = dict(plan.request.body)
    further = body.pop("further")
    schedules = [
        {"merchant_uid": one["merchant_uid"], "schedule_at": one["schedule_at"], **_money(one)}
        | rest
        for one, rest in zip(plan.facts["entries"], further, strict=True)
    ]
    return {"customer_uid": plan.facts["customer_uid"], "schedules": schedules, **body}


def _unschedule(plan: Plan) -> dict[str, Any]:
    """Leave the list out for "ALL": what waits further ahead than can be read goes, too."""
    uids = plan.facts["merchant_uids"]
    return {"customer_uid": plan.facts["customer_uid"]} | (
        {} if uids == ALL else {"merchant_uid": uids}
    )


def _time(plan: Plan) -> dict[str, Any]:
    return {"schedule_at": plan.facts["schedule_at"]}


def _prepare(plan: Plan) -> dict[str, Any]:
    facts = plan.facts
    amount = in_major(facts["amount"], facts["currency"])
    return {
        "merchant_uid": facts["merchant_uid"],
        "amount": amount,
        "currency": facts["currency"],
    }


def _account(plan: Plan) -> dict[str, Any]:
    names = ("merchant_uid", "amount", "vbank_due")
    facts = {name: plan.facts[name] for name in names if name in plan.facts}
    return {**facts, **plan.request.body}


_BODIES: dict[str, Callable[[Plan], dict[str, Any]]] = {
    "issue_key": _key,
    "again": _charge,
    "onetime": _charge,
    "cancel": _cancel,
    "schedule": _schedule,
    "unschedule": _unschedule,
    "move_schedule": _time,
    "reschedule": _time,
    "prepare": _prepare,
    "change_prepared": _prepare,
    "issue_vbank": _account,
    "change_vbank": _account,
}
"""Those that have a body; a DELETE has none, and neither has ``retry``."""
