"""Absence at the prompt: looked up when it can be, and said either way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jtnet_recon.cli.words import WORDS
from jtnet_recon.errors import ApiError, ConfigError, PullIncomplete
from jtnet_recon.recon.absence import absent_orders

if TYPE_CHECKING:
    from jtnet_recon.desk import Reconciliation
    from jtnet_recon.errors import ReconError


@dataclass(frozen=True, slots=True)
class LookedUp:
    """A result, and one line that says whether its absences were verified.

    Parameters
    ----------
    result : Reconciliation
        With the answers of the look-up, if there was one.
    line : str
        For the reader.
    """

    result: Reconciliation
    line: str


def look_up(
    result: Reconciliation, *, verify: bool | None, progress: bool | None, lang: str
) -> LookedUp:
    """Look up the orders that only the ledger has, if that is wanted and possible.

    Parameters
    ----------
    result : Reconciliation
        Of ``reconcile``.
    verify : bool or None
        True: it must be done. False: it must not. None: if key and secret are at hand.
    progress : bool or None
        Whether a bar is drawn.
    lang : {"en", "ko"}
        Language of the line.

    Returns
    -------
    LookedUp
        The result and the line.

    Raises
    ------
    ConfigError
        If it must be done and key or secret is missing.
    ApiError
        If it must be done and fails.
    """
    words = WORDS[lang]
    orders = absent_orders(result)
    if not orders:
        return LookedUp(result, words["absence_none"])
    if verify is False:
        return _not_done(result, len(orders), reason=words["absence_unwanted"], lang=lang)
    try:
        return _done(result, progress=progress, lang=lang)
    except ConfigError as error:
        if verify:
            raise
        return _not_done(result, len(orders), reason=_reason(error, lang), lang=lang)
    except (ApiError, PullIncomplete) as error:
        if verify:
            raise
        # Nobody asked for it, so the report is not withheld: it says that this part is unknown.
        return _not_done(result, len(orders), reason=_reason(error, lang), lang=lang)


def _reason(error: ReconError, lang: str) -> str:
    """Say why in the reader's language, as far as the error is said in it."""
    return (error.hint_ko if lang == "ko" else "") or error.message


def _done(result: Reconciliation, *, progress: bool | None, lang: str) -> LookedUp:
    """Look up, and count the answers."""
    import jtnet_recon as jr

    with jr.connect(progress=progress) as client:
        verified = jr.verify_absence(client, result)
    return LookedUp(verified, verified_line(verified, lang=lang))


def verified_line(result: Reconciliation, *, lang: str) -> str:
    """Count what the look-up found.

    Parameters
    ----------
    result : Reconciliation
        Of :func:`jtnet_recon.verify_absence`.
    lang : {"en", "ko"}
        Language.

    Returns
    -------
    str
        One line.
    """
    words = WORDS[lang]
    said = result.breaks.loc[result.breaks["code"] == "P02", "verified"]
    counts = said[said != ""].value_counts(sort=False)
    found = ", ".join(
        words["absence_part"].format(what=words[str(name)], count=count)
        for name, count in counts.items()
    )
    return words["absence_done"].format(orders=int(counts.sum()), found=found)


def _not_done(result: Reconciliation, orders: int, *, reason: str, lang: str) -> LookedUp:
    """Say that the absences rest on the pull alone, and why."""
    line = WORDS[lang]["absence_not_done"].format(orders=orders, reason=reason)
    return LookedUp(result, line)
