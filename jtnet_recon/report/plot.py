"""Charts of a result: ``result.plot.bridge()``. Each is one function that takes an axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtnet_recon.report.theme import new_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from jtnet_recon.recon.result import Reconciliation


class Plot:
    """The charts of one result: ``result.plot.bridge()`` and so on.

    Parameters
    ----------
    result : Reconciliation
        What to draw.
    """

    def __init__(self, result: Reconciliation) -> None:
        self._result = result

    def bridge(
        self, axis: Axes | None = None, *, currency: str | None = None, lang: str = "en"
    ) -> Axes:
        """Draw the way from the ledger's net total to the PG's, cause by cause.

        Parameters
        ----------
        axis : Axes, optional
            Where to draw; a new figure without it, which a notebook shows by itself.
        currency : str, optional
            ISO 4217 code; without it the won, or the first there is.
        lang : {"en", "ko"}, default "en"
            Language of the labels; in English each cause is named in Korean too.

        Returns
        -------
        Axes
            The axis; ``axis.figure.savefig("bridge.png")`` keeps it.
        """
        from jtnet_recon.report.plot_money import draw_bridge

        return draw_bridge(self._result, axis or new_axis, currency=currency, lang=lang)

    def by_code(
        self, axis: Axes | None = None, *, currency: str | None = None, lang: str = "en"
    ) -> Axes:
        """Draw the money at risk by break code.

        Parameters
        ----------
        axis : Axes, optional
            Where to draw; a new figure without it, which a notebook shows by itself.
        currency : str, optional
            ISO 4217 code; without it the won, or the first there is.
        lang : {"en", "ko"}, default "en"
            Language of the labels; in English each code is named in Korean too.

        Returns
        -------
        Axes
            The axis.
        """
        from jtnet_recon.report.plot_money import draw_by_code

        return draw_by_code(self._result, axis or new_axis, currency=currency, lang=lang)

    def ageing(
        self, axis: Axes | None = None, *, currency: str | None = None, lang: str = "en"
    ) -> Axes:
        """Draw the money at risk by the age of the open items.

        Parameters
        ----------
        axis : Axes, optional
            Where to draw; a new figure without it, which a notebook shows by itself.
        currency : str, optional
            ISO 4217 code; without it the won, or the first there is.
        lang : {"en", "ko"}, default "en"
            Language of the labels.

        Returns
        -------
        Axes
            The axis.
        """
        from jtnet_recon.report.plot_money import draw_ageing

        return draw_ageing(self._result, axis or new_axis, currency=currency, lang=lang)

    def by_day(
        self, axis: Axes | None = None, *, currency: str | None = None, lang: str = "en"
    ) -> Axes:
        """Draw the net amounts of ledger and PG day by day.

        Parameters
        ----------
        axis : Axes, optional
            Where to draw; a new figure without it, which a notebook shows by itself.
        currency : str, optional
            ISO 4217 code; without it the won, or the first there is.
        lang : {"en", "ko"}, default "en"
            Language of the labels.

        Returns
        -------
        Axes
            The axis.
        """
        from jtnet_recon.report.plot_time import draw_by_day

        return draw_by_day(self._result, axis or new_axis, currency=currency, lang=lang)

    def by_hour(self, axis: Axes | None = None, *, lang: str = "en") -> Axes:
        """Draw the open items by the hour of approval, in Korean time.

        Parameters
        ----------
        axis : Axes, optional
            Where to draw; a new figure without it, which a notebook shows by itself.
        lang : {"en", "ko"}, default "en"
            Language of the labels.

        Returns
        -------
        Axes
            The axis.
        """
        from jtnet_recon.report.plot_time import draw_by_hour

        return draw_by_hour(self._result, axis or new_axis, lang=lang)

    def calendar(self, axis: Axes | None = None, *, lang: str = "en") -> Axes:
        """Draw the open items on a calendar.

        Parameters
        ----------
        axis : Axes, optional
            Where to draw; a new figure without it, which a notebook shows by itself.
        lang : {"en", "ko"}, default "en"
            Language of the labels.

        Returns
        -------
        Axes
            The axis.
        """
        from jtnet_recon.report.plot_time import draw_calendar

        return draw_calendar(self._result, axis or new_axis, lang=lang)
