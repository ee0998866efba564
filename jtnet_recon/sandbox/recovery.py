"""The console's recovery switch: scheduled charges that failed are tried again, day by day.

Once a day at the chosen hour, every schedule whose last attempt failed the day before is charged
again, until it is paid. Each attempt is a payment of its own under the same order id: one booking
can leave many failed payments and be paid days later.

Source: developers.portone.io, opi/ko/console/guide/billing-payments. Left open there, and ours: a
schedule whose billing key is gone, or whose order was paid otherwise, is left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtnet_recon.sandbox import schedules
from jtnet_recon.sandbox.kst import DAY_S, HOUR_S, date_of, midnight

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jtnet_recon.sandbox.agenda import Agenda
    from jtnet_recon.sandbox.shop import Shop

HOURS = range(24)


class Recovery:
    """The switch of one account, for its head store and its sub-merchants."""

    def __init__(self, agenda: Agenda, shops: Iterable[Shop], *, hour: int | None) -> None:
        self._agenda = agenda
        self._shops = tuple(shops)
        self._next_s = 0
        self.hour: int | None = None
        self.switch(hour)

    def switch(self, hour: int | None) -> None:
        """Turn it on for an hour of the Korean day, or off with None."""
        if hour is not None and (type(hour) is not int or hour not in HOURS):
            message = f"Sandbox: recovery_hour={hour!r} is no hour from 0 to 23"
            raise ValueError(message)
        with self._agenda.lock:
            # What was due by now happened under the old setting.
            self._agenda.run_due()
            self.hour, self._next_s = hour, 0
            self._plan(self._agenda.now_s())

    def _plan(self, from_s: int) -> None:
        if self.hour is None:
            return
        today_s = midnight(date_of(from_s)) + self.hour * HOUR_S
        self._next_s = today_s if today_s > from_s else today_s + DAY_S
        self._agenda.add(self._next_s, self._run)

    def _run(self, at_s: int) -> None:
        """Try again what failed yesterday, unless the switch was turned since this was planned."""
        if at_s != self._next_s:
            return
        today_s = midnight(date_of(at_s))
        for shop in self._shops:
            schedules.recover(shop, from_s=today_s - DAY_S, to_s=today_s, at_s=at_s)
        self._plan(at_s)
