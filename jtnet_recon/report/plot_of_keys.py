"""The charts of an audit of billing keys: ``result.plot.timeline(customer_uid)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtnet_recon.report.plot import Plot
from jtnet_recon.report.theme import new_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from jtnet_recon.recon.result import Reconciliation
    from jtnet_recon.report.key_figures import KeyData


class KeyPlot(Plot):
    """The charts of an audit, beside those of every result.

    Parameters
    ----------
    result : Reconciliation
        What to draw.
    data : KeyData
        What the audit stands on.
    """

    def __init__(self, result: Reconciliation, data: KeyData) -> None:
        super().__init__(result)
        self._data = data

    def timeline(self, customer_uid: str, axis: Axes | None = None, *, lang: str = "en") -> Axes:
        """Draw a billing key's contract, schedules, charges and changes under each other.

        Parameters
        ----------
        customer_uid : str
            The key.
        axis : Axes, optional
            Where to draw; a new figure without it, which a notebook shows by itself.
        lang : {"en", "ko"}, default "en"
            Language of the labels.

        Returns
        -------
        Axes
            The axis; breaks are ringed and named by their codes.
        """
        from jtnet_recon.report.plot_keys import draw_timeline

        breaks = self._result.breaks
        return draw_timeline(self._data, breaks, customer_uid, axis or new_axis, lang=lang)

    def cohorts(self, axis: Axes | None = None, *, lang: str = "en") -> Axes:
        """Draw, by the month contracts started in, how many are charged so many months later.

        Parameters
        ----------
        axis : Axes, optional
            Where to draw; a new figure without it, which a notebook shows by itself.
        lang : {"en", "ko"}, default "en"
            Language of the labels.

        Returns
        -------
        Axes
            The axis; of months whose payments were not read in whole no share is shown.
        """
        from jtnet_recon.report.plot_keys import draw_cohorts

        return draw_cohorts(self._data, axis or new_axis, lang=lang)
