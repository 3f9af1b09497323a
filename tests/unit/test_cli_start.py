"""Starting `puente`: instant help, and a clear word when its packages are missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(PROJECT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("missing", ["click", "rich"])
@pytest.mark.parametrize(("locale", "words"), [("es", "necesita sus paquetes"), ("en", "needs its packages")])
def test_without_its_packages_it_says_which_extra_to_install(missing: str, locale: str, words: str) -> None:
    ran = python(
        f"import sys; sys.modules[{missing!r}] = None; from connector.cli import main; main()", PUENTE_LOCALE=locale
    )
    assert ran.returncode == 2
    assert words in ran.stderr
    assert "puente-crm[cli]" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_interrupting_the_loading_of_its_packages_ends_without_a_traceback() -> None:
    code = (
        "import sys\n"
        "class Interrupted:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'rich': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupted())\n"
        "from connector.cli import main; main()"
    )
    ran = python(code)
    assert (ran.returncode, ran.stderr) == (130, "")


def test_help_loads_neither_the_network_nor_the_settings_nor_any_command() -> None:
    code = (
        "import sys; from connector.cli.app import run; code = run(['--help'])\n"
        "heavy = {'httpx', 'pydantic', 'yaml', 'rich.console', 'connector.cli.qualify', 'uvicorn'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy or code else 0)"
    )
    ran = python(code)
    assert ran.returncode == 0, ran.stderr
    assert "qualify" in ran.stdout


def test_check_loads_no_network() -> None:
    code = (
        "import sys; from connector.cli.app import run; code = run(['check'])\n"
        "sys.exit('loaded' if {'httpx', 'hubspot', 'uvicorn'} & set(sys.modules) else code)"
    )
    assert python(code).returncode == 0
