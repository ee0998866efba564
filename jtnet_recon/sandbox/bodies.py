"""Reads the names of a form: ``schedules[0][amount]`` and ``merchant_uid[]`` as nested values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

DEPTH_MAX = 4


def nested(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    """Put the pairs of a form together, the last one winning where a name is repeated."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if isinstance(value, str):
            _put(found, _path(name), value)
    return {name: _listed(value) for name, value in found.items()}


def _path(name: str) -> list[str]:
    """Take ``a[0][b]`` apart; a name that is not written so stays whole."""
    head, *rest = re.split(r"\[([^\[\]]*)\]", name)
    keys, between = rest[0::2], rest[1::2]
    return (
        [head, *keys] if head and keys and not any(between) and len(keys) <= DEPTH_MAX else [name]
    )


def _put(found: dict[str, Any], path: list[str], value: str) -> None:
    *outer, last = path
    for key in outer:
        inner = found.setdefault(key or str(len(found)), {})
        if not isinstance(inner, dict):
            return
        found = inner
    found[last or str(len(found))] = value


def _listed(value: Any) -> Any:
    """Turn what is numbered from 0 on into a list."""
    if not isinstance(value, dict):
        return value
    inner = {key: _listed(item) for key, item in value.items()}
    is_list = list(inner) == [str(n) for n in range(len(inner))]
    return list(inner.values()) if is_list else inner
