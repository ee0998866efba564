"""What ``import jtnet_recon`` gives, and what it costs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import jtnet_recon

HEAVY = (
    "pandas numpy duckdb pyarrow httpx openpyxl matplotlib jinja2 sqlalchemy python_calamine "
    "starlette uvicorn pydantic typer tqdm psycopg papermill"
).split()


def fresh(code):
    """Run code in an interpreter of its own and read what it prints as JSON."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr == ""
    return json.loads(done.stdout)


def test_names_are_sorted_and_stand_once():
    names = jtnet_recon.__all__

    # As ruff sorts them: constants, classes, functions.
    assert names == sorted(names, key=lambda n: (not n.isupper(), n[0].islower(), n))
    assert len(names) == len(set(names))


def test_dir_lists_the_public_names_and_the_version_alone():
    assert set(dir(jtnet_recon)) == {*jtnet_recon.__all__, "__version__"}


@pytest.mark.parametrize("name", jtnet_recon.__all__)
def test_every_public_name_is_there_and_at_home_in_the_package(name):
    found = getattr(jtnet_recon, name)

    assert getattr(found, "__module__", "jtnet_recon").startswith("jtnet_recon")
    if hasattr(found, "__name__"):
        assert found.__name__ == name


def test_a_star_import_gives_all_of_them():
    names = fresh(
        "import json; space = {}; exec('from jtnet_recon import *', space); "
        "print(json.dumps(sorted(set(space) - {'__builtins__'})))"
    )

    assert names == sorted(jtnet_recon.__all__)


def test_nothing_public_is_left_out_of_the_list():
    """A public object of the package itself would be a name nobody declared."""
    declared = {*jtnet_recon.__all__, "TYPE_CHECKING", "Any", "annotations"}
    packages = {path.stem for path in Path(jtnet_recon.__file__).parent.iterdir()}

    own = {name for name in vars(jtnet_recon) if not name.startswith("_")}

    assert own - packages <= declared


def test_the_list_for_type_checkers_names_the_same():
    source = Path(jtnet_recon.__file__).read_text(encoding="utf-8")
    block = source.partition("if TYPE_CHECKING:")[2].partition("__all__")[0]
    imported = re.findall(r"\b(\w+)\b", re.sub(r"from \S+ import|[(),]", " ", block))

    assert sorted(imported) == sorted(jtnet_recon.__all__)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = jtnet_recon.nothing


def test_the_version_is_the_package_s():
    assert jtnet_recon.__version__ == version("jtnet-recon")


def test_the_package_is_typed():
    assert (Path(jtnet_recon.__file__).parent / "py.typed").exists()


def test_importing_the_package_loads_nothing_heavy():
    loaded = fresh(
        "import sys, json, jtnet_recon; "
        f"print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    )

    assert loaded == []


def test_importing_the_package_touches_no_global_setting():
    before, after = fresh(
        """
import json, logging, locale, os, warnings
def state():
    return [len(warnings.filters), logging.getLogger().handlers == [], logging.getLogger().level,
            sorted(os.environ), locale.getlocale()]
before = state()
import jtnet_recon
print(json.dumps([before, state()]))
"""
    )

    assert before == after


def test_the_sandbox_is_imported_without_the_rest():
    loaded = fresh(
        "import sys, json; from jtnet_recon.sandbox import Sandbox; Sandbox('2022-11').payments; "
        "print(json.dumps(sorted(name for name in sys.modules if name.startswith('jtnet_recon'))))"
    )

    own = {"jtnet_recon", "jtnet_recon.version"}
    assert [n for n in loaded if n not in own and not n.startswith("jtnet_recon.sandbox")] == []
