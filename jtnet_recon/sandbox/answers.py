"""Lays out what was planted as frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from jtnet_recon.sandbox.books import Answer
    from jtnet_recon.sandbox.stories import KeyAnswer

_OF_LEDGER = ("code", "merchant_uid", "currency", "difference", "money_at_risk", "planted")
_OF_KEYS = ("code", "customer_uid", "merchant_uid", "imp_uid", "planted")
_NUMBERS = {"difference": "int64", "money_at_risk": "int64"}


def frame_of(answers: Sequence[Answer]) -> pd.DataFrame:
    """Lay out the breaks of a ledger."""
    return _frame(answers, _OF_LEDGER)


def frame_of_keys(answers: Sequence[KeyAnswer]) -> pd.DataFrame:
    """Lay out the breaks of billing keys."""
    return _frame(answers, _OF_KEYS)


def _frame(answers: Sequence[object], names: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        {
            name: pd.Series(
                [getattr(answer, name) for answer in answers], dtype=_NUMBERS.get(name, "str")
            )
            for name in names
        }
    )
