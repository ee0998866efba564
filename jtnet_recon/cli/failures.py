"""What went wrong, in one readable line and a hint, and the exit code it means."""

from __future__ import annotations

import re
import traceback
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from jtnet_recon.errors import ConfigError, ReconError, TableError

if TYPE_CHECKING:
    import typer

AGREES, BREAKS, USAGE, FAILED, STOPPED = 0, 1, 2, 3, 130

_HINT = {"en": "hint", "ko": "안내"}
_SECRETS = frozenset({"--key", "--secret", "--imp-key", "--imp-secret", "--token", "--password"})

_NO_SECRET = {
    "en": "Key and secret are read from JTNET_RECON_KEY and JTNET_RECON_SECRET, never from the "
    "command line, where other users and the history can see them.",
    "ko": "키와 시크릿은 환경변수 JTNET_RECON_KEY, JTNET_RECON_SECRET 에서만 읽습니다. 명령줄에 쓰면 다른 "
    "사용자와 명령 기록에 드러납니다.",
}
_NO_MEMORY = {
    "en": "Take a shorter period.",
    "ko": "메모리가 부족합니다. 기간을 줄여 다시 실행하세요.",
}
_SEND_US = {
    "en": "Run again with --debug and send us what it shows.",
    "ko": "--debug 를 붙여 다시 실행하고 나온 내용을 보내 주세요.",
}
_UNREAD = re.compile(r"^Invalid value for '(-[^']+)': (Input should be .*)$", re.DOTALL)
_PLAIN = {
    "a valid integer": "is no whole number.",
    "a valid number": "is no number.",
    "less than or equal to": "is too large.",
    "greater than or equal to": "is too small.",
}

# The package speaks of arguments; at the prompt the same things are options.
_COLUMNS = re.compile(r"columns=\{(.*?)\}(?: \(--map [^)]*\))?")
_OPEN = re.compile(r'columns=\{"(\w+)": …\}')
_PAIR = re.compile(r'"(\w+)": "([^"]*)"')
_OPTIONS = (
    # Key and secret have no option: they are read from the environment only.
    (re.compile(r", or give (key=|secret=)( and secret=)?"), ""),
    (re.compile(r"columns="), "--map"),
    (re.compile(r"check_total=False"), "--no-check-total"),
    (re.compile(r"allow_empty=True"), "--allow-empty"),
    (re.compile(r"header_row=(\d+)"), r"--header-row \1"),
    (re.compile(r"header_row="), "--header-row"),
    (re.compile(r"\b(sheet|encoding|currency|basis|lang)=(\"[^\"]*\"|'[^']*')"), r"--\1 \2"),
    (re.compile(r"\b(sheet|encoding|currency|basis|lang)=(?!\w)", re.ASCII), r"--\1"),
)


def describe(error: Exception, *, lang: str, is_debug: bool = False) -> tuple[int, list[str]]:
    """Put an error into words.

    Parameters
    ----------
    error : Exception
        Any.
    lang : {"en", "ko"}
        Language of the hint.
    is_debug : bool, default False
        Whether the traceback is on the screen already.

    Returns
    -------
    int
        Exit code, 2 or 3.
    list of str
        Lines for the error stream; the first is the error.
    """
    if isinstance(error, ReconError):
        korean = error.hint_ko if lang == "ko" else ""
        code = USAGE if isinstance(error, ConfigError | TableError) else FAILED
        return code, _lines(error.message, korean or error.hint, lang=lang)
    if isinstance(error, MemoryError):
        return FAILED, _lines("There is not enough memory.", _NO_MEMORY, lang=lang)
    if isinstance(error, OSError) and error.filename is not None:
        # The system names the file and the reason; both are the user's own words.
        return FAILED, _lines(f"{Path(str(error.filename)).name}: {error.strerror}.", "", lang=lang)
    return FAILED, _unforeseen(error, lang=lang, is_debug=is_debug)


def describe_usage(error: typer.TyperException, said: list[str], *, lang: str) -> list[str]:
    """Put a wrong command line into words.

    Parameters
    ----------
    error : TyperException
        What typer did not understand.
    said : list of str
        The command line.
    lang : {"en", "ko"}
        Language of the hint.

    Returns
    -------
    list of str
        Lines for the error stream.
    """
    message = _UNREAD.sub(partial(_unread, said=said), error.format_message().rstrip())
    context = getattr(error, "ctx", None)
    program = context.command_path if context else "jtnet-recon"
    hint = {
        "en": f"{program} --help shows an example.",
        "ko": f"{program} --help 에서 옵션과 예시를 볼 수 있습니다.",
    }
    return _lines(message, _NO_SECRET if _is_secret(error) else hint, lang=lang)


def _is_secret(error: typer.TyperException) -> bool:
    """Tell whether somebody tried to type a key or a secret."""
    return getattr(error, "option_name", "") in _SECRETS


def _unread(match: re.Match[str], *, said: list[str]) -> str:
    """Say which value of an option is none, in plain words."""
    option, what = match.groups()
    pairs = {**dict(pairwise(said)), **dict(part.split("=", 1) for part in said if "=" in part)}
    value = f"{pairs[option]!r} " if option in pairs else ""
    plain = next((plain for words, plain in _PLAIN.items() if words in what), what)
    return f"Invalid value for '{option}': {value}{plain}"


def as_options(text: str) -> str:
    """Rewrite a hint for people who type commands.

    Parameters
    ----------
    text : str
        A hint of the package, such as ``Say which one: sheet="11월".``

    Returns
    -------
    str
        The same with options: ``Say which one: --sheet "11월".``
    """
    text = _OPEN.sub(r"--map \1=…", text)
    text = _COLUMNS.sub(
        lambda match: " ".join(f'--map "{a}={b}"' for a, b in _PAIR.findall(match[1])), text
    )
    for pattern, replacement in _OPTIONS:
        text = pattern.sub(replacement, text)
    return text


def _lines(message: str, hint: str | dict[str, str], *, lang: str) -> list[str]:
    """Lay out an error and its hint; text of files may hold characters that act on a terminal."""
    from jtnet_recon.report.text import visible

    hint = hint if isinstance(hint, str) else hint[lang]
    first, *more = (visible(line) for line in as_options(message).splitlines() or [""])
    hints = [f"  {_HINT[lang]}: {visible(line)}" for line in as_options(hint).splitlines()]
    return [f"error: {first}", *(f"  {line}" for line in more), *hints]


def _unforeseen(error: Exception, *, lang: str, is_debug: bool) -> list[str]:
    """Name type and place only: the text of an unknown error may hold anything."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    hint = {"en": "", "ko": ""} if is_debug else _SEND_US
    message = f"{type(error).__name__}{place}. This is a fault of jtnet-recon; nothing was decided."
    return _lines(message, hint, lang=lang)
