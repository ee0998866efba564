"""Fonts that can draw Korean: found among the installed packages, never downloaded."""

from __future__ import annotations

import dataclasses
from functools import cache
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jtnet_recon.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

# The package is a carrier of font files only; importing it fails on Python 3.12 and later.
_CARRIER = "koreanize-matplotlib"
_CARRIED = "NanumGothic"
# What Windows, macOS and Linux desktops bring along, should the carrier be gone.
_SYSTEM = (
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "Noto Sans KR",
    "Noto Sans CJK KR",
    "NanumGothic",
)
# The second family draws what the first lacks: with one family alone a minus sign may be a box.
_FALLBACK = "DejaVu Sans"
_BOLD = 700


def use_korean_font() -> str:
    """Let every later matplotlib chart of this session draw Korean.

    The charts of this package need no such call; it is for your own. Style sheets reset the
    font, so call it after them.

    Returns
    -------
    str
        The family that is now used.

    Raises
    ------
    ConfigError
        If no font with Hangul can be found.
    """
    import matplotlib as mpl

    settings = font_settings()
    mpl.rcParams.update(settings)
    return str(settings["font.family"][0])


def font_settings() -> dict[Any, Any]:
    """Give the matplotlib settings under which Korean text and minus signs are drawn.

    Returns
    -------
    dict
        For ``matplotlib.rc_context``.

    Raises
    ------
    ConfigError
        If no font with Hangul can be found.
    """
    # A list under font.family falls back glyph by glyph; one under font.sans-serif does not.
    return {"font.family": [_korean_family(), _FALLBACK], "axes.unicode_minus": True}


@cache
def _korean_family() -> str:
    """Register the carried font, or find one of the system's."""
    from matplotlib.font_manager import fontManager

    carried = list(_carried_files())
    for path in carried:
        fontManager.addfont(path)
    if carried:
        _name_bold({str(path) for path in carried})
        return _CARRIED
    known = set(fontManager.get_font_names())
    for family in _SYSTEM:
        if family in known:
            return family
    message = "No font that holds Korean was found, so the charts cannot be drawn."
    raise ConfigError(
        message,
        hint=f"Install the package {_CARRIER} or a Korean font such as NanumGothic.",
        hint_ko=f"{_CARRIER} 패키지나 나눔고딕 등 한글 글꼴을 설치하세요.",
    )


def _carried_files() -> Iterator[Path]:
    """Find the two weights among the carrier's files."""
    try:
        carried = files(_CARRIER) or []
    except PackageNotFoundError:
        return
    wanted = {f"{_CARRIED}.ttf", f"{_CARRIED}Bold.ttf"}
    for file in carried:
        path = Path(str(file.locate()))
        if path.name in wanted and path.is_file():
            yield path


def _name_bold(carried: set[str]) -> None:
    """Call the bold file bold: it says 600 of itself, and matplotlib asks for 700."""
    from matplotlib.font_manager import fontManager

    for entry in list(fontManager.ttflist):
        if entry.fname in carried and "Bold" in Path(entry.fname).name and entry.weight != _BOLD:
            fontManager.ttflist.append(dataclasses.replace(entry, weight=_BOLD))
