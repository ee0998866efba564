"""How charts look: colours that the colour-blind tell apart, hatches, fonts, quiet axes."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from jtnet_recon.report.font import font_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from matplotlib.axes import Axes

    NewAxis: TypeAlias = Callable[[float, float], Axes]


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a chart, by what they mean; what a colour says a hatch or a label says too."""

    paper: str
    ink: str
    muted: str
    line: str
    total: str
    up: str
    down: str
    severity: tuple[tuple[str, str], ...]
    heat: tuple[str, str]


# Blue and orange of Okabe and Ito, "Color Universal Design", 2008.
LIGHT = Theme(
    paper="#ffffff",
    ink="#1f2933",
    muted="#5f6b7a",
    line="#d5dbe3",
    total="#46536a",
    up="#0072b2",
    down="#d55e00",
    severity=(
        ("Critical", "#8c1d18"),
        ("High", "#d55e00"),
        ("Medium", "#d9a400"),
        ("Low", "#4a90c8"),
        ("Info", "#9aa5b1"),
    ),
    heat=("#eef2f6", "#08306b"),
)
DARK = Theme(
    paper="#171d26",
    ink="#e6ebf1",
    muted="#9fb0c3",
    line="#364152",
    total="#8fa3bf",
    up="#56b4e9",
    down="#f0914a",
    severity=(
        ("Critical", "#ff8a80"),
        ("High", "#f0914a"),
        ("Medium", "#e8c547"),
        ("Low", "#7fb8e6"),
        ("Info", "#8896a6"),
    ),
    heat=("#232c39", "#9ecae9"),
)
HATCHES = {"up": "", "down": "////", "total": ""}
SEVERITY_HATCHES = {"Critical": "xxx", "High": "///", "Medium": "...", "Low": "", "Info": ""}


@contextmanager
def drawing(theme: Theme) -> Iterator[None]:
    """Draw under the fonts and colours of a theme; nothing of it stays behind.

    Parameters
    ----------
    theme : Theme
        The colours.

    Yields
    ------
    None
        The block draws.
    """
    import matplotlib as mpl

    settings: dict[Any, Any] = {
        **font_settings(),
        "text.parse_math": False,
        "font.size": 10,
        "text.color": theme.ink,
        "axes.labelcolor": theme.muted,
        "axes.edgecolor": theme.line,
        "axes.facecolor": theme.paper,
        "figure.facecolor": theme.paper,
        "axes.titlesize": 12,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titlecolor": theme.ink,
        "xtick.color": theme.muted,
        "ytick.color": theme.ink,
        "grid.color": theme.line,
        "figure.constrained_layout.w_pad": 0.12,
        "figure.constrained_layout.h_pad": 0.10,
        "hatch.linewidth": 0.6,
        "legend.frameon": False,
    }
    if _in_notebook():
        # The kernel's backend makes figures show under the cell when it is first loaded: a setting
        # that would be undone with ours at the end of the block, and no second chart would appear.
        from matplotlib import pyplot as plt

        plt.draw_if_interactive()  # type: ignore[no-untyped-call]  # it has no annotations
    with mpl.rc_context(settings):
        yield


def axis_of(axis: Axes | NewAxis, width: float, height: float) -> Axes:
    """Take an axis as it is, or make one.

    Parameters
    ----------
    axis : Axes or callable
        An axis, or what makes one of a size.
    width, height : float
        Of the figure, in inches, where one is made.

    Returns
    -------
    Axes
        The axis to draw on.
    """
    return axis(width, height) if callable(axis) else axis


def new_axis(width: float, height: float) -> Axes:
    """Make an axis on a figure of its own.

    In a notebook the figure is pyplot's, which shows it under the cell and then forgets it.
    Elsewhere it is a plain figure, which nothing keeps alive.

    Parameters
    ----------
    width, height : float
        Of the figure, in inches.

    Returns
    -------
    Axes
        The axis.
    """
    if not _in_notebook():
        return new_figure_axis(width, height)
    from matplotlib import pyplot as plt

    return plt.figure(figsize=(width, height), layout="constrained").add_subplot()


def new_figure_axis(width: float, height: float) -> Axes:
    """Make an axis on a plain figure, in a notebook too: it is not shown by itself.

    Parameters
    ----------
    width, height : float
        Of the figure, in inches.

    Returns
    -------
    Axes
        The axis.
    """
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained").add_subplot()


def calm(axis: Axes, *, grid: str = "") -> None:
    """Take everything off an axis that says nothing.

    Parameters
    ----------
    axis : Axes
        Any.
    grid : {"", "x", "y"}
        Lines across which axis.
    """
    for side in ("top", "right", "left", "bottom"):
        axis.spines[side].set_visible(False)
    axis.tick_params(length=0)
    if grid:
        axis.grid(visible=True, axis="x" if grid == "x" else "y", linewidth=0.8)
        axis.set_axisbelow(True)


def finish(axis: Axes) -> Axes:
    """Take every text on the figure as it stands: a ``$`` in data is no formula.

    Parameters
    ----------
    axis : Axes
        Drawn.

    Returns
    -------
    Axes
        The same.
    """
    from matplotlib.text import Text

    for text in axis.figure.findobj(Text):
        if isinstance(text, Text):
            text.set_parse_math(False)
    return axis


def _in_notebook() -> bool:
    """Whether a Jupyter kernel runs this."""
    shell = sys.modules.get("IPython")
    current = shell.get_ipython() if shell is not None else None
    return current is not None and hasattr(current, "kernel")
