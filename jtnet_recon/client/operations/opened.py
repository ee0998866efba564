"""Operations that were opened: planned first, written down, sent once, and looked after."""

from __future__ import annotations

import secrets
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from jtnet_recon.client.address import check_tier
from jtnet_recon.client.auth import Login, Secret
from jtnet_recon.client.body import Fault, bare
from jtnet_recon.client.operations.access import check_host
from jtnet_recon.client.operations.calls import ROUTES
from jtnet_recon.client.operations.card_input import without_cards
from jtnet_recon.client.operations.fields import amount_of, refused
from jtnet_recon.client.operations.journal import Journal
from jtnet_recon.client.operations.judging import RULES
from jtnet_recon.client.operations.limits import Limits, Past, targets_of
from jtnet_recon.client.operations.plan import Outcome, Plan
from jtnet_recon.client.operations.verdicts import Verdict, unknown, unread
from jtnet_recon.client.operations.wire import NEVER_SENT, OperationTransport
from jtnet_recon.client.operations.words import (
    Refused,
    Unclear,
    already_executed,
    opened_answer,
    unreachable,
)
from jtnet_recon.client.retry import Lanes
from jtnet_recon.client.session import Session, Timing
from jtnet_recon.errors import ApiError
from jtnet_recon.money import DEFAULT_CURRENCY
from jtnet_recon.version import __version__

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable

    from jtnet_recon.client.operations.access import Access
    from jtnet_recon.client.operations.fields import Request

PLAN_AGE_MAX_S = 600.0
"""A plan older than this is made again: what it was made from may have changed."""
LOOKS_AFTER_S = (0.0, 2.0, 5.0)
"""How long after an answer, or none, the target is read: a few times, then it is UNKNOWN."""
_CONNECTIONS = 2


def open_operations(  # noqa: PLR0913 - each is a limit that has no safe default
    host: str,
    access: Access,
    *,
    allow: Iterable[str],
    max_count: int,
    max_total: int,
    journal: str | os.PathLike[str],
    currency: str = DEFAULT_CURRENCY,
    timeout_s: float = 60.0,
    timing: Timing | None = None,
    now: Callable[[], float] = time.time,
) -> Operations:
    """Open the calls that charge, cancel, issue and schedule, within limits.

    Parameters
    ----------
    host : str
        The host you mean, such as ``"api.iamport.kr"`` or ``"127.0.0.1"``: that of ``access``. A
        host other than this machine must also stand in ``JTNET_RECON_OPERATIONS`` of the
        environment.
    access : Access
        Of ``jtnet_recon.config.load_settings()``.
    allow : iterable of str
        Names of the operations, such as ``{"cancel"}``.
    max_count : int
        At most so many operations are sent.
    max_total : int
        At most so much money is asked for in all, in minor units (KRW: won): charges, cancels,
        schedules and virtual accounts added up.
    journal : str or PathLike
        File that keeps every intent and outcome. One program at a time can have it open.
    currency : str, default "KRW"
        Of ``max_total``; an operation in another currency is refused.
    timeout_s : float, default 60.0
        Total time of one call, in seconds.
    timing : Timing, optional
        Clock, sleep and chance, for tests.
    now : callable, optional
        Unix seconds, for tests.

    Returns
    -------
    Operations
        Also a context manager.

    Raises
    ------
    ConfigError
        If the host is another than that of ``access``, or is not permitted, or a limit is none.
    StoreError
        If the journal cannot be opened, is in use, or was changed.
    """
    check_host(host, access)
    check_tier(access.tier)
    names = frozenset([allow] if isinstance(allow, str) else allow)
    for name in sorted(names):
        if name not in ROUTES:
            raise refused(message=f"There is no operation {name!r}; there are {', '.join(ROUTES)}.")
    limits = Limits(
        amount_of("max_count", max_count), amount_of("max_total", max_total), currency.upper()
    )
    login = Login(Secret(access.key.get_secret_value()), Secret(access.secret.get_secret_value()))
    timing = timing or Timing()
    agent = f"jtnet_recon/{__version__} python/{sys.version_info[0]}.{sys.version_info[1]}"
    transport = OperationTransport(
        access.url,
        routes=frozenset(ROUTES[name] for name in names),
        tier=access.tier,
        connections=_CONNECTIONS,
        agent=f"{agent} operations",
        clock=timing.clock,
    )
    session = Session(transport, login, timeout_s, Lanes(_CONNECTIONS), timing)
    place = (urlsplit(access.url).netloc, login.fingerprint(access.tier))
    return Operations(
        session, transport, Past(Journal(journal, now=now), now, place), limits, names
    )


class Operations:
    """What was opened by :func:`open_operations`; threads may share it, and take turns.

    Parameters
    ----------
    session : Session
        Reads.
    transport : OperationTransport
        Sends what was opened.
    past : Past
        The journal, and what it says.
    limits : Limits
        Count and total.
    names : frozenset of str
        The opened operations.
    """

    def __init__(
        self,
        session: Session,
        transport: OperationTransport,
        past: Past,
        limits: Limits,
        names: frozenset[str],
    ) -> None:
        self._session, self._transport = session, transport
        self._past, self._limits, self._names = past, limits, names
        # One at a time: a limit is looked at before the reads and used after them, and the journal
        # is a chain.
        self._lock = threading.RLock()
        self._plans: dict[str, Plan] = {}
        self._outcomes: dict[str, Outcome] = {}

    def plan(self, request: Request) -> Plan:
        """Look at the target, check the limits, and show what would be sent; send nothing.

        Parameters
        ----------
        request : Request
            Of ``again``, ``cancel`` and their siblings.

        Returns
        -------
        Plan
            Print it; it is good for ten minutes.

        Raises
        ------
        ConfigError
            If it was not opened, is over a limit, cannot work as the target stands, or another
            one on the same target is not known to have ended.
        ApiError
            If the target cannot be read.
        """
        name = request.operation
        if name not in self._names:
            raise refused(
                message=f"{name} was not opened; opened are {', '.join(sorted(self._names))}."
            )
        if request.card is not None:
            request.card.check_full()
        self._past.check_free(targets_of(request.facts))
        made_s = self._session.timing.clock()
        seen = RULES[name].look(self._session, request.facts)
        facts = RULES[name].ready(request.facts, seen, self._session.tokens.server_now_s())
        self._past.check_free(targets_of(facts))  # what was read may name the target anew
        limits = self._limits.check(facts)
        plan = Plan(secrets.token_hex(6), request, facts, seen, self._past.host, made_s, limits)
        _ = plan.call.target  # an id that cannot stand in a path is refused here
        self._plans[plan.id] = plan
        return plan

    def execute(self, plan: Plan) -> Outcome:
        """Write the intent down, send it once, and find out how it ended.

        Parameters
        ----------
        plan : Plan
            Of this object, at most ten minutes old. Executed again, it gives the same outcome
            and sends nothing.

        Returns
        -------
        Outcome
            ``done``, ``declined`` or ``unknown``; whatever the server answers, or if it does
            not, the target is read to tell.

        Raises
        ------
        ConfigError
            If the target changed since, the plan is too old, or it was executed and refused.
        StoreError
            If the intent cannot be written down; nothing was sent then.
        ApiCodeError, ApiStatusError
            If the server refused, and nothing of it is to be seen.
        ApiConnectionError
            If nothing could be sent.
        """
        with self._lock:
            known = self._outcomes.get(plan.id)
            return self._executed(plan) if known is None else known

    def resolve(self, which: Plan | Outcome | str) -> Outcome:
        """Read again how something ended that was UNKNOWN, or that a crash left open.

        Parameters
        ----------
        which : Plan, Outcome or str
            The plan or its id, as :attr:`unresolved` lists it.

        Returns
        -------
        Outcome
            Still ``unknown`` if nobody can tell.

        Raises
        ------
        ConfigError
            If the journal knows no such plan of this account.
        """
        uid = which if isinstance(which, str) else getattr(which, "id", None) or which.plan  # type: ignore[union-attr]
        with self._lock:
            known = self._past.ending(uid)
            if known is not None:
                return self._outcomes.get(uid) or known
            intent = self._past.intent(uid)
            verdict = self._look(intent["operation"], intent["facts"], intent["before"])
            self._past.note("resolved", uid, verdict)
            return self._keep(Outcome(uid, intent["operation"], *_parts(verdict)))

    @property
    def unresolved(self) -> list[dict[str, Any]]:
        """Every intent of this account whose ending is not known, oldest first."""
        return self._past.unresolved()

    def close(self) -> None:
        """Close the connections and the journal; cards that were not sent are emptied."""
        with self._lock:  # what is on its way is waited for
            for plan in list(self._plans.values()):
                if plan.request.card is not None:
                    plan.request.card.clear()
            self._transport.close()
            self._past.close()

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def __repr__(self) -> str:
        """Name host, operations and what is left of the limits."""
        names = ", ".join(sorted(self._names))
        return f"<Operations on {self._past.host}: {names}; {self._limits}>"

    def _executed(self, plan: Plan) -> Outcome:
        """Do it, alone."""
        self._check(plan)
        if RULES[plan.operation].look(self._session, plan.facts) != plan.before:
            raise refused(
                message=f"Plan {plan.id} is stale: what it was made from has changed since.",
                hint="Look at the target and plan again. Nothing was sent.",
                hint_ko="계획 이후 대상이 변경되었습니다. 다시 계획하세요.",
            )
        token = self._session.tokens.get()
        self._past.intend(plan)
        self._limits.use(plan.facts)
        try:
            return self._keep(self._sent(plan, token.secret))
        except Refused as found:
            refusal = found
        if refusal.is_token:
            self._session.tokens.refuse(token)
        return self._keep(self._second_look(plan, refusal))

    def _check(self, plan: Plan) -> None:
        if self._plans.get(plan.id) is not plan:
            raise refused(message=f"Plan {plan.id} was made by another object; plan it here.")
        if not plan.is_unchanged:
            raise refused(message=f"Plan {plan.id} was written to after it was made; plan again.")
        if self._past.knows(plan.id):
            raise already_executed(plan.id)
        if self._session.timing.clock() - plan.made_s > PLAN_AGE_MAX_S:
            raise refused(message=f"Plan {plan.id} is older than ten minutes; plan again.")
        if plan.request.card is not None:
            plan.request.card.check_full()
        self._limits.check(plan.facts)
        self._past.check_free(targets_of(plan.facts))

    def _sent(self, plan: Plan, token: Secret) -> Outcome:
        """Send, once; whatever comes of it, the card is gone afterwards."""
        call, card, found, stopped = plan.call, plan.request.card, None, None
        try:
            answer = self._transport.operate(
                call, within_s=self._session.timeout_s, token=token, body=plan.body
            )
            unclear = opened_answer(answer, call, without_cards if card is None else card.hide)
        except Fault as fault:
            found = fault
        except Refused:
            raise
        except BaseException as error:  # noqa: BLE001 - an interruption, or a signal that ends the program: raised below
            stopped = bare(error)
        finally:
            if card is not None:
                card.clear()
        if stopped is not None:
            self._past.note("outcome", plan.id, unknown("interrupted"))
            raise stopped
        if found is None:
            return self._settle(plan, unclear)
        if found.cause in NEVER_SENT:
            self._past.note("not_sent", plan.id)
            raise unreachable(found.what, call)
        return self._settle(plan, Unclear(found.what))

    def _settle(self, plan: Plan, unclear: Unclear) -> Outcome:
        """Read the target until it tells, a few times: also a clear answer is verified."""
        verdict = self._looks(plan, until=lambda seen: seen.state != "unknown")
        self._past.note("outcome", plan.id, verdict)
        state, words, imp_uid = _parts(verdict)
        if unclear.record is not None and state == "unknown":
            words = f"the server said yes, and yet {words}"
        words = f"{unclear.what}; {words}" if unclear.what else words
        said, record = unclear.said, unclear.record
        return Outcome(plan.id, plan.operation, state, words, imp_uid, said, record)

    def _second_look(self, plan: Plan, refusal: Refused) -> Outcome:
        """Believe a refusal only if nothing of the operation is to be seen."""
        verdict = self._looks(plan, until=lambda seen: seen.is_read)
        if verdict.is_read and verdict.state == "unknown":
            self._past.note("refused", plan.id)
            raise refusal.error
        self._past.note("outcome", plan.id, verdict)
        state, words, imp_uid = _parts(verdict)
        words = f"the server refused, and yet {words}"
        return Outcome(plan.id, plan.operation, state, words, imp_uid, refusal.error.message)

    def _looks(self, plan: Plan, until: Callable[[Verdict], bool]) -> Verdict:
        """Read the target at once and twice later, until a reading tells enough."""
        for wait_s in LOOKS_AFTER_S:
            if wait_s:
                self._session.timing.sleep(wait_s)
            verdict = self._look(plan.operation, plan.facts, plan.before)
            if until(verdict):
                break
        return verdict

    def _look(self, name: str, facts: Any, before: Any) -> Verdict:
        """Read the target and judge; a reading that fails tells nothing."""
        try:
            return RULES[name].judge(facts, before, RULES[name].look(self._session, facts))
        except ApiError as error:
            return unread(type(error).__name__)

    def _keep(self, outcome: Outcome) -> Outcome:
        self._outcomes[outcome.plan] = outcome
        return outcome


def _parts(verdict: Verdict) -> tuple[Any, str, str | None]:
    return verdict.state, verdict.words, verdict.imp_uid
