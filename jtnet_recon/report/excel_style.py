"""How cells of the workbook look: every style is made once and named by what it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jtnet_recon.money import minor_digits

if TYPE_CHECKING:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.workbook import Workbook

FONT = "Malgun Gothic"
INK, MUTED, LINE, SHADE = "1F2933", "5F6B7A", "D5DBE3", "EEF2F6"

# Pairs of ground and letter with a contrast of at least 4.5; the word itself is always there too.
TONES = {
    "Critical": ("FBE3E1", "8C1D18"),
    "High": ("FDEBD3", "7A4100"),
    "Medium": ("FFF6CC", "5C4D00"),
    "Low": ("E3EEF9", "1F4E79"),
    "Info": ("EEF0F2", "4B5563"),
    "passed": ("E2F2E7", "1B5E37"),
    "failed": ("FBE3E1", "8C1D18"),
    "unknown": ("FFF6CC", "5C4D00"),
}
VERDICTS = {
    "reconciled": TONES["passed"],
    "reconciled with open items": TONES["Medium"],
    "not reconciled": TONES["failed"],
}
DAY, INSTANT, COUNT, TEXT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "#,##0", "@"


def money_format(currency: str) -> str:
    """Give the number format of a currency's amounts.

    Parameters
    ----------
    currency : str
        ISO 4217 code.

    Returns
    -------
    str
        ``#,##0`` for won, ``#,##0.00`` for dollars.
    """
    digits = minor_digits(currency or "KRW")
    return COUNT + ("." + "0" * digits if digits else "")


class Styles:
    """The cell styles of one workbook, as the numbers that its sheets refer to.

    Parameters
    ----------
    workbook : Workbook
        Where the styles are kept.
    """

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._numbers: dict[tuple[Any, ...], int] = {}

    def prepare(self, currencies: set[str]) -> None:
        """Make every style that data rows can need, before openpyxl writes the styles out.

        Parameters
        ----------
        currencies : set of str
            Of all amounts in the workbook.
        """
        for quote in (False, True):
            for wrap in (False, True):
                self.number("General", wrap=wrap, quote=quote)
            for tone in ("", *TONES):
                self.number(TEXT, tone=tone, quote=quote)
        for format_ in {DAY, INSTANT, COUNT, *map(money_format, currencies)}:
            self.number(format_)

    def number(
        self, format_: str = TEXT, *, tone: str = "", wrap: bool = False, quote: bool = False
    ) -> int:
        """Return the number of a style of data cells.

        Parameters
        ----------
        format_ : str, default "@"
            Number format.
        tone : str
            Of :data:`TONES`.
        wrap : bool
            Whether long text goes on in the next line.
        quote : bool
            Whether the cell stays text even when it is edited; a spreadsheet shows it so.

        Returns
        -------
        int
            For the attribute ``s`` of a cell.
        """
        key = (format_, tone, wrap, quote)
        if key not in self._numbers:
            self._numbers[key] = self._made(*key)
        return self._numbers[key]

    def _made(self, format_: str, tone: str, wrap: bool, quote: bool) -> int:  # noqa: FBT001 - the parts of one key
        """Make a style with the help of a cell that is never written."""
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Alignment

        cell = WriteOnlyCell(self._workbook.worksheets[0])
        dress(cell, format_=format_, tone=tone)
        right = format_ not in (TEXT, "General", DAY, INSTANT)
        cell.alignment = Alignment(
            horizontal="right" if right else "left", vertical="center", wrap_text=wrap, indent=1
        )
        cell.quotePrefix = quote
        return int(cell.style_id)


def dress(  # noqa: PLR0913 - each is one side of how a cell looks
    cell: WriteOnlyCell,
    *,
    format_: str = "General",
    size: float = 10,
    bold: bool = False,
    colour: str = INK,
    tone: str = "",
    ground: str = "",
    line: bool = True,
) -> None:
    """Give a cell font, ground, border and number format.

    Parameters
    ----------
    cell : Cell
        Any cell.
    format_ : str, default "General"
        Number format.
    size : float, default 10
        Of the font, in points.
    bold : bool, default False
        Whether it is bold.
    colour : str
        Of the letters, RRGGBB.
    tone : str
        Of :data:`TONES`; sets both colours.
    ground : str
        Colour of the ground, RRGGBB.
    line : bool, default True
        Whether it has a thin line below.
    """
    from openpyxl.styles import Border, Font, PatternFill, Side

    if tone:
        ground, colour = TONES[tone]
    cell.font = Font(name=FONT, size=size, bold=bold, color=colour)
    if ground:
        cell.fill = PatternFill("solid", start_color=ground, end_color=ground)
    if line:
        cell.border = Border(bottom=Side("thin", color=LINE))
    cell.number_format = format_
