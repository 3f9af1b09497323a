"""Build the two artifacts of the functions from the hashed lock, and say how large they are.

Receivers carry their own modules and nothing else; the worker carries the locked dependencies as well. Compiled code
is shipped, because a function cannot keep what it compiles: without it every cold start compiles anew. The same
sources give the same bytes.

    python -m webhooks.bundle [--python 3.13] [--platform aarch64-manylinux2014] [--out build]
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
LOCK: Final = ROOT / "requirements" / "worker.txt"
PACKAGES: Final = ("adapters", "connector", "mappings", "webhooks")
NOT_IN_A_FUNCTION: Final = (
    "cli",
    "study",
    "bootstrap_study",
    "bootstrap_install",
    "installation",
    "generated_files",
    "bootstrap_plan",
    "bootstrap_learn",
    "bootstrap_report",
    "bootstrap_score",
    "score",
    "install",
    "health",
    "local",
    "bundle",
    "card",
    "component",
)
"""Modules, folders, and beginnings of their names, that only people's machines run, or the CRM itself."""
_WHERE_LAMBDA_UNPACKS: Final = "/var/task"
_ALWAYS_THE_SAME: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Artifact:
    """Hold one built artifact; `is_compiled` tells whether compiled code is in it."""

    path: Path
    unpacked_bytes: int
    is_compiled: bool

    @property
    def packed_bytes(self) -> int:
        return self.path.stat().st_size


def build(out: Path, python: str, platform: str) -> list[Artifact]:
    """Build both artifacts. Raises CalledProcessError when a step fails; its output is on stderr."""
    receiver, worker = out / "receiver", out / "worker"
    for folder in (receiver, worker):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    _copy(receiver, _loaded_by_receivers())
    _copy(worker, _sources())
    _install(worker, python, platform)
    return [_pack(folder, python) for folder in (receiver, worker)]


def _loaded_by_receivers() -> list[Path]:
    """Ask a fresh interpreter what the receivers load: the import graph itself decides what they carry."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import webhooks.receive;"
        " print(*(m.__file__ for n, m in sorted(sys.modules.items()) if n.split('.')[0] in sys.argv[2:]), sep='\\n')"
    )
    command = [sys.executable, "-I", "-c", code, str(ROOT), *PACKAGES]
    found = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    return [Path(line) for line in found.stdout.splitlines()]


def _sources() -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*")):
            names = path.relative_to(ROOT).with_suffix("").parts[1:]
            if path.is_file() and "__pycache__" not in names and not any(_stays_here(name) for name in names):
                yield path


def _stays_here(name: str) -> bool:
    return any(name == one or name.startswith(f"{one}_") for one in NOT_IN_A_FUNCTION)


def _copy(folder: Path, sources: Sequence[Path] | Iterator[Path]) -> None:
    for source in sources:
        target = folder / source.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def _install(folder: Path, python: str, platform: str) -> None:
    """Install the locked wheels of another platform: nothing is built here, nothing of another hash is taken."""
    options = ["--python-version", python, "--python-platform", platform, "--only-binary", ":all:"]
    options += ["--target", str(folder), "--link-mode", "copy", "--require-hashes", "-r", str(LOCK)]
    _run([_uv(), "pip", "install", "--quiet", "--no-progress", "--system-certs", *options])
    shutil.rmtree(folder / "bin", ignore_errors=True)
    (folder / ".lock").unlink(missing_ok=True)


def _uv() -> str:
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else "uv"


def _pack(folder: Path, python: str) -> Artifact:
    for cache in list(folder.rglob("__pycache__")):
        shutil.rmtree(cache)
    compiler = _find_python(python)
    if compiler:
        options = ["-q", "--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", _WHERE_LAMBDA_UNPACKS]
        _run([compiler, "-m", "compileall", *options, str(folder)])
    path = folder.with_suffix(".zip")
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), _ALWAYS_THE_SAME)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, file.read_bytes())
    return Artifact(path, sum(file.stat().st_size for file in files), compiler is not None)


def _find_python(version: str) -> str | None:
    """Find an interpreter of this very version: another one's compiled code would not be loaded."""
    check = f"import sys; sys.exit('%d.%d' % sys.version_info[:2] != {version!r})"
    named = os.environ.get("BUNDLE_PYTHON")
    known = (sys.executable, shutil.which(f"python{version}"), _pyenv_python(version), _uv_python(version))
    for candidate in (named,) if named else known:
        if candidate and subprocess.run([candidate, "-c", check], capture_output=True, check=False).returncode == 0:  # noqa: S603
            return candidate
    return None


def _pyenv_python(version: str) -> str | None:
    """Ask pyenv, whose names on the PATH work for the version of the folder alone."""
    pyenv = shutil.which("pyenv")
    if pyenv is None:
        return None
    found = subprocess.run([pyenv, "prefix", version], capture_output=True, text=True, check=False)  # noqa: S603
    return f"{found.stdout.strip()}/bin/python" if found.returncode == 0 else None


def _uv_python(version: str) -> str | None:
    found = subprocess.run(  # noqa: S603 - our own words
        [_uv(), "python", "find", "--no-python-downloads", version], capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or None


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, stdout=sys.stderr)  # noqa: S603 - our own words


def main() -> None:
    """Build, and print one line per artifact."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--python", default="3.13")
    parser.add_argument("--platform", default="aarch64-manylinux2014")
    parser.add_argument("--out", type=Path, default=ROOT / "build")
    chosen = parser.parse_args()
    artifacts = build(chosen.out, chosen.python, chosen.platform)
    for one in artifacts:
        note = "" if one.is_compiled else f"; no Python {chosen.python} here: no compiled code, slower cold starts"
        sizes = f"{one.packed_bytes / 1e6:6.2f} MB packed, {one.unpacked_bytes / 1e6:6.2f} MB unpacked"
        sys.stdout.write(f"{one.path.name:14} {sizes} (Python {chosen.python}, {chosen.platform}{note})\n")


if __name__ == "__main__":
    main()
