"""What was used of the limits, and what the journal says of earlier intents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jtnet_recon.client.operations.fields import refused
from jtnet_recon.client.operations.plan import Outcome
from jtnet_recon.money import format_minor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jtnet_recon.client.operations.journal import Journal
    from jtnet_recon.client.operations.plan import Plan
    from jtnet_recon.client.operations.verdicts import Verdict

    Facts = Mapping[str, Any]

SETTLING_S = 300
"""So long after an unclear call nothing else is planned on its target: it may still arrive."""

_ENDED = frozenset({"done", "declined", "refused", "not_sent"})


@dataclass(slots=True)
class Limits:
    """Counts operations and adds up their money.

    Parameters
    ----------
    max_count : int
        At most so many.
    max_total : int
        At most so much, in minor units.
    currency : str
        Of the money.
    count, total : int
        What was used. What was sent counts, however it ended.
    """

    max_count: int
    max_total: int
    currency: str
    count: int = 0
    total: int = 0

    def check(self, facts: Facts) -> str:
        """Refuse what would go over a limit; say what would be used."""
        money = facts["money"]
        if money and facts["currency"] != self.currency:
            raise refused(message=f"Opened for {self.currency}; this is in {facts['currency']}.")
        after = Limits(
            self.max_count, self.max_total, self.currency, self.count + 1, self.total + money
        )
        if after.count > self.max_count or after.total > self.max_total:
            raise refused(
                message=f"This would go over a limit: {after}.",
                hint="Open with other limits if that is what you want. Nothing was sent.",
                hint_ko="허용한 건수 또는 금액을 넘습니다. 아무것도 전송하지 않았습니다.",
            )
        return str(after)

    def use(self, facts: Facts) -> None:
        """Count one more."""
        self.count += 1
        self.total += facts["money"]

    def __str__(self) -> str:
        """Say what of the limits is used."""
        used, most = (format_minor(n, self.currency) for n in (self.total, self.max_total))
        return f"{self.count} of {self.max_count} operations, {used} of {most} {self.currency}"


class Past:
    """The journal of one account, read as what it says of each plan.

    Parameters
    ----------
    journal : Journal
        Open.
    now : callable
        Unix seconds.
    place : tuple of (str, str)
        Host, and the account's fingerprint.
    """

    def __init__(self, journal: Journal, now: Callable[[], float], place: tuple[str, str]) -> None:
        self._journal, self._now = journal, now
        self.host, self._merchant = place

    def intend(self, plan: Plan) -> None:
        """Write down what is about to be sent."""
        self._journal.write(
            "intent",
            plan.id,
            operation=plan.operation,
            facts=dict(plan.facts),
            before=plan.before,
            host=self.host,
            merchant=self._merchant,
        )

    def note(self, event: str, plan: str, verdict: Verdict | None = None) -> None:
        """Write down how it ended, as far as is known."""
        if verdict is None:
            self._journal.write(event, plan, state=event)
            return
        self._journal.write(
            event, plan, state=verdict.state, words=verdict.words, imp_uid=verdict.imp_uid
        )

    def knows(self, plan: str) -> bool:
        """Tell whether a plan was sent, or was about to be."""
        return any(entry["plan"] == plan for entry in self._journal.entries)

    def intent(self, plan: str) -> dict[str, Any]:
        """Give the intent of a plan of this account."""
        for entry in self._intents():
            if entry["plan"] == plan:
                return entry
        raise refused(
            message=f"The journal knows no plan {plan!r} of this account.",
            hint="See unresolved for those that are open.",
            hint_ko="저널에 없는 계획입니다.",
        )

    def ending(self, plan: str) -> Outcome | None:
        """Give how a plan is known to have ended; None if it is not."""
        for entry in self._journal.entries:
            if entry["plan"] == plan and entry.get("state") in ("done", "declined"):
                words, uid = entry["words"], entry["imp_uid"]
                operation = self.intent(plan)["operation"]
                return Outcome(plan, operation, entry["state"], words, uid)
        if plan in self._over():
            raise refused(message=f"Plan {plan} was refused or not sent; see the journal.")
        return None

    def unresolved(self) -> list[dict[str, Any]]:
        """List the intents whose ending is not known."""
        over = self._over()
        names = ("plan", "at", "operation", "facts")
        return [
            {name: entry[name] for name in names}
            for entry in self._intents()
            if entry["plan"] not in over
        ]

    def check_free(self, targets: frozenset[tuple[str, str]]) -> None:
        """Refuse a target on which something unclear may still arrive."""
        for entry in self.unresolved():
            age_s = self._now() - datetime.fromisoformat(entry["at"]).timestamp()
            if age_s < SETTLING_S and targets & targets_of(entry["facts"]):
                raise refused(
                    message=f"Plan {entry['plan']} ({entry['operation']}) on the same target is UNKNOWN "
                    f"and may still arrive.",
                    hint=f'Look with resolve("{entry["plan"]}"), or wait five minutes.',
                    hint_ko="같은 대상의 이전 작업 결과가 아직 불명확합니다. 조회하거나 5분 뒤에 하세요.",
                )

    def close(self) -> None:
        """Close the journal."""
        self._journal.close()

    def _intents(self) -> list[dict[str, Any]]:
        return [
            entry
            for entry in self._journal.entries
            if entry["event"] == "intent"
            and (entry["host"], entry["merchant"]) == (self.host, self._merchant)
        ]

    def _over(self) -> set[str]:
        return {entry["plan"] for entry in self._journal.entries if entry.get("state") in _ENDED}


def targets_of(facts: Facts) -> frozenset[tuple[str, str]]:
    """Name what an operation changes: orders and payments, or else the billing key."""
    found = {(name, facts[name]) for name in ("merchant_uid", "imp_uid") if name in facts}
    orders = [entry["merchant_uid"] for entry in facts.get("entries", ())]
    if isinstance(facts.get("merchant_uids"), list):
        orders += facts["merchant_uids"]
    found |= {("merchant_uid", uid) for uid in orders}
    return frozenset(found or {("customer_uid", facts["customer_uid"])})
