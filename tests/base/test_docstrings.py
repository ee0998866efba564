"""Everything public is documented as numpydoc has it."""

from __future__ import annotations

import inspect

import pytest
from numpydoc.validate import validate

import jtnet_recon

# Left out, as the style is: a summary stands on the first line (GL01) and the last line ends with
# the quotes (GL02); one sentence is enough (ES01); examples stand in README and notebooks, where
# they are run (EX01); cross-references are the reader's own search (SA01).
LEFT_OUT = {"GL01", "GL02", "ES01", "EX01", "SA01"}


def documented():
    """Give every public function, class, method and property."""
    for name in jtnet_recon.__all__:
        found = getattr(jtnet_recon, name)
        if inspect.isclass(found) or inspect.isfunction(found):
            yield f"jtnet_recon.{name}"
        if inspect.isclass(found):
            yield from (f"jtnet_recon.{name}.{own}" for own in _members(found))


def _members(found):
    for name, member in vars(found).items():
        # A field of a dataclass with slots is a member, too; the class documents it.
        if not name.startswith("_") and (callable(member) or isinstance(member, property)):
            yield name


def _is_of_a_base(path, text):
    """Tell whether parameters that a class does not document are those of a class above it."""
    found = getattr(jtnet_recon, path.removeprefix("jtnet_recon."), None)
    if not inspect.isclass(found):
        return False
    above = "\n".join(inspect.getdoc(base) or "" for base in found.__mro__[1:-1])
    names = text.partition("{")[2].partition("}")[0].replace("'", "").split(", ")
    return all(name in above for name in names)


@pytest.mark.parametrize("path", sorted(documented()))
def test_a_public_object_is_documented(path):
    faults = [
        f"{code}: {text}"
        for code, text in validate(path)["errors"]
        if code not in LEFT_OUT and not (code == "PR01" and _is_of_a_base(path, text))
    ]

    assert faults == []


@pytest.mark.parametrize("path", sorted(path for path in documented() if path.count(".") == 1))
def test_a_public_object_says_what_it_is_in_one_line(path):
    found = getattr(jtnet_recon, path.removeprefix("jtnet_recon."))
    first = inspect.getdoc(found).splitlines()[0]

    assert first.endswith((".", ":"))
    assert len(first) <= 100
