"""What is wrong in a file of settings: the file, the place in it, and the nearest known name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jtnet_recon.config import nearest_hint
from jtnet_recon.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel, ValidationError

REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
"""A secret in a file of settings: the name of its variable, ``${BOOKS_URL}``."""

_SECRET_NAME = re.compile(
    r"^(imp_?)?(key|secret)$|secret|passw|pwd|passphrase|token|api_?key", re.IGNORECASE
)
_WITH_PASSWORD = re.compile(r"://[^/\s@:]*:(?P<password>[^/\s]+)@")
_CAPABILITY = re.compile(r"https?://hooks\.|[?&](token|key|secret|sig|code)=", re.IGNORECASE)
# Headings of the merchant's own books: they may be called anything.
_FREE = ("columns",)


def refuse_secrets(data: dict[str, Any], file: str) -> None:
    """Refuse a file of settings that holds a secret itself.

    Parameters
    ----------
    data : dict
        As read.
    file : str
        Its name.

    Raises
    ------
    ConfigError
        With the place of the secret, never with it.
    """
    for place, name, text in _texts(data):
        if _holds_secret(name, text):
            raise ConfigError(
                message=f"{file}: {place} holds a secret, and secrets do not stand in this file.",
                hint="Write the name of a variable there, ${BOOKS_PASSWORD}, and its value into "
                "the environment, into a file .env beside this one (chmod 600), or into the "
                "system keyring. Key and secret of the API have names of their own: "
                "JTNET_RECON_KEY, JTNET_RECON_SECRET.",
                hint_ko="비밀 값은 설정 파일에 쓸 수 없습니다. ${변수이름} 으로 적고 값은 환경변수, "
                ".env 파일(chmod 600), 또는 시스템 키링에 두세요.",
            )


def _holds_secret(name: str, text: str) -> bool:
    """Tell whether a text is a secret, by its name or by its looks."""
    if _SECRET_NAME.search(name) and REFERENCE.sub("", text).strip():
        return True
    match = _WITH_PASSWORD.search(text)
    if match is not None and REFERENCE.fullmatch(match["password"]) is None:
        return True
    return _CAPABILITY.search(text) is not None


def refusal(error: ValidationError, file: str, model: type[BaseModel]) -> ConfigError:
    """Say everything that is wrong in a file of settings.

    Parameters
    ----------
    error : ValidationError
        Of pydantic.
    file : str
        Name of the file.
    model : type of BaseModel
        What it should be.

    Returns
    -------
    ConfigError
        One line a fault, the first with its hint.
    """
    faults = sorted(error.errors(include_url=False, include_context=False), key=_rank)
    lines, hints = [], []
    for fault in faults:
        place = ".".join(map(str, fault["loc"]))
        if fault["type"] == "extra_forbidden":
            lines.append(f"{file}: {place} is no setting.")
            hints.append(nearest_hint(str(fault["loc"][-1]), _names_at(model, fault["loc"][:-1])))
        elif fault["type"] == "missing":
            lines.append(f"{file}: {place} is missing.")
        else:
            said = fault["msg"].removeprefix("Value error, ")
            lines.append(f"{file}: {place}: {said}{'' if said.endswith('.') else '.'}")
    hint = hints[0] if hints else "README, 'Every night, by itself', shows a whole file."
    hint_ko = "설정 파일의 이름과 값을 확인하세요." + (f" ({hints[0]})" if hints else "")
    return ConfigError("\n".join(lines), hint=hint, hint_ko=hint_ko)


def _rank(fault: Any) -> tuple[bool, str]:
    """Put unknown names first: a mistyped name is often also a missing one."""
    return fault["type"] != "extra_forbidden", ".".join(map(str, fault["loc"]))


def _names_at(model: type[BaseModel], place: tuple[int | str, ...]) -> list[str]:
    """List the settings that are known at a place."""
    known: Any = model
    for part in place:
        fields = getattr(known, "model_fields", None)
        if fields is not None and part in fields:
            known = _model_in(fields[part].annotation)
    return list(getattr(known, "model_fields", {}))


def _model_in(annotation: Any) -> Any:
    """Find the model inside ``dict[str, Job]``, ``tuple[Notice, ...]`` or ``Mail | None``."""
    if hasattr(annotation, "model_fields"):
        return annotation
    inner = [_model_in(part) for part in getattr(annotation, "__args__", ())]
    return next((found for found in inner if found is not None), None)


def _texts(data: Any, place: str = "", name: str = "") -> Iterator[tuple[str, str, str]]:
    """Give every text of a file with its place and its name."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key not in _FREE:
                yield from _texts(value, f"{place}.{key}".lstrip("."), key)
    elif isinstance(data, list):
        for at, value in enumerate(data):
            yield from _texts(value, f"{place}.{at}", name)
    elif not isinstance(data, (bool, float)):
        yield place, name, str(data)
