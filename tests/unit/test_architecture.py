"""Hold the tree to its own rules: sizes, names, who may import whom, and nothing that belongs to one machine."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("connector", "adapters", "mappings", "webhooks", "sandbox")
PYTHON_FOLDERS: Final = (*PACKAGES, "tests", "benchmarks", "docs")
MOST_LINES_OF_A_MODULE: Final = 400
MOST_LINES_OF_A_FUNCTION: Final = 40
DEEPEST_NESTING: Final = 3
MEANINGLESS_NAMES: Final = ("utils", "util", "helpers", "helper", "common", "manager", "base", "misc", "shared")

Function = ast.FunctionDef | ast.AsyncFunctionDef
BLOCKS: Final = (
    ast.For, ast.AsyncFor, ast.While, ast.If, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match,
)  # fmt: skip


def modules_of(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    assert found, f"no modules in {folders}"
    return [path for path in found if "node_modules" not in path.parts]


def functions_of(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, Function))


def place(path: Path, node: Function | ast.ClassDef) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"


def nesting(node: ast.AST, depth: int = 0) -> int:
    """Return how deep blocks lie in each other; an `elif` lies beside its `if`, a function inside starts anew."""
    deepest = depth
    for field, value in ast.iter_fields(node):
        children = [child for child in (value if isinstance(value, list) else [value]) if isinstance(child, ast.AST)]
        is_elif = isinstance(node, ast.If) and field == "orelse" and len(children) == 1
        for child in children:
            if isinstance(child, Function | ast.ClassDef):
                continue
            beside = is_elif and isinstance(child, ast.If)
            deepest = max(deepest, nesting(child, depth + (isinstance(child, BLOCKS) and not beside)))
    return deepest


def project_texts() -> dict[str, str]:
    """Return every text file of the project: what Git tracks, or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    texts = {}
    for name in listed:
        path = ROOT / name
        if path.is_file() and b"\0" not in (content := path.read_bytes()):
            texts[name] = content.decode()
    assert "README.md" in texts
    return texts


def run_python(code: str) -> str:
    """Run code in a fresh interpreter, where nothing is imported yet; return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_no_module_outgrows_its_room() -> None:
    sizes = {path: len(path.read_text().splitlines()) for path in modules_of(*PYTHON_FOLDERS)}
    assert {str(path): lines for path, lines in sizes.items() if lines > MOST_LINES_OF_A_MODULE} == {}


def test_every_function_fits_on_a_screen() -> None:
    long = [
        place(path, function)
        for path in modules_of(*PYTHON_FOLDERS)
        for function in functions_of(path)
        if (function.end_lineno or 0) - function.lineno + 1 > MOST_LINES_OF_A_FUNCTION
    ]
    assert long == []


def test_no_function_nests_deeper_than_one_can_follow() -> None:
    deep = [
        place(path, function)
        for path in modules_of(*PYTHON_FOLDERS)
        for function in functions_of(path)
        if nesting(function) > DEEPEST_NESTING
    ]
    assert deep == []


def test_names_say_what_is_inside() -> None:
    parts = {part: path for path in modules_of(*PYTHON_FOLDERS) for part in (path.stem, path.parent.name)}
    meaningless = re.compile(rf"(^|_)({'|'.join(MEANINGLESS_NAMES)})(_|$)")
    assert [str(path) for part, path in parts.items() if meaningless.search(part)] == []


def test_every_module_says_what_it_is_for() -> None:
    mute = [
        str(path)
        for path in modules_of(*PYTHON_FOLDERS)
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert mute == []


def test_what_does_something_says_so_in_one_sentence() -> None:
    """Ask a docstring of every public function of a module that is longer than its name can say."""
    mute = [
        place(path, node)
        for path in modules_of(*PACKAGES)
        for node in ast.parse(path.read_text()).body
        if isinstance(node, Function) and not node.name.startswith("_")
        if (node.end_lineno or 0) - node.lineno > 15 and not ast.get_docstring(node)
    ]
    assert mute == []


def test_first_lines_of_docstrings_end_as_sentences() -> None:
    unfinished = [
        f"{path.relative_to(ROOT)}: {first[:60]}"
        for path in modules_of(*PACKAGES)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, Function | ast.ClassDef | ast.Module)
        if (first := (ast.get_docstring(node) or ".").split("\n\n")[0].strip())
        if not first.endswith((".", "?", ":", ")"))
    ]
    assert unfinished == []


# The patterns are put together here, so that this file does not hold what it looks for.
MACHINE_PATH: Final = re.compile("/(?:" + "|".join(("root", "work", "home/[a-z]", "Users/[A-Z]", "opt/[a-z]")) + ")/")
REGISTRY: Final = re.compile(
    "|".join((r"pypi\." + "org", "files.python" + "hosted", r"registry\.npm" + "js", "/simple" + "/"))
)


def test_nothing_names_a_path_of_one_machine() -> None:
    assert [name for name, text in project_texts().items() if MACHINE_PATH.search(text)] == []


def test_nothing_names_a_package_registry() -> None:
    assert [name for name, text in project_texts().items() if REGISTRY.search(text)] == []


def test_every_pinned_package_carries_hashes() -> None:
    lock = (ROOT / "requirements" / "dev.txt").read_text()
    pins = re.findall(r"^[a-zA-Z][\w.\-]*==\S+.*?(?=^[a-zA-Z]|\Z)", lock, re.MULTILINE | re.DOTALL)
    assert len(pins) > 30
    assert [pin.splitlines()[0] for pin in pins if "--hash=sha256:" not in pin] == []


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = (*project["project"]["optional-dependencies"].values(), *project["dependency-groups"].values())
    wanted = [*project["project"]["dependencies"], *(name for group in groups for name in group)]
    names = {re.split(r"[^\w.\-]", requirement)[0].lower() for requirement in wanted}
    pinned = set(re.findall(r"^([a-z0-9][\w.\-]*)==", (ROOT / "requirements" / "dev.txt").read_text(), re.MULTILINE))
    assert names - pinned == set()


def test_import_contracts_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_deciding_brings_no_input_or_output_into_the_process() -> None:
    """A subprocess, because whatever else a test run imported would hide or fake the answer."""
    loaded = run_python(
        """
        import sys
        import connector.domain.decision, connector.domain.decision_json, connector.domain.task_text
        print("\\n".join(sys.modules))
        """
    ).split()
    impure = {
        "httpx", "tenacity", "logging", "sqlite3", "socket", "ssl", "random", "tempfile", "subprocess", "asyncio",
        "yaml", "orjson", "pydantic", "pydantic_settings", "click", "rich",
    }  # fmt: skip
    assert impure & set(loaded) == set()
    ours = {name.split(".")[1] for name in loaded if name.startswith("connector.")}
    assert ours <= {"domain", "errors"}


def test_a_worker_runs_without_command_line_sandbox_and_vendor_sdks() -> None:
    """Import all that a worker function carries while everything it must not carry cannot be imported at all."""
    loaded = run_python(
        """
        import importlib, importlib.abc, pkgutil, sys

        BANNED = {"click", "rich", "starlette", "uvicorn", "hubspot", "hubspot_sdk", "simple_salesforce", "boto3",
                  "requests", "sandbox", "numpy", "polars"}

        class Refuse(importlib.abc.MetaPathFinder):
            def find_spec(self, name, path=None, target=None):
                if name.split(".")[0] in BANNED:
                    raise ImportError(f"{name} is not in the bundle of a worker")

        sys.meta_path.insert(0, Refuse())

        STUDIES = ("study", "plan", "learn", "report")
        LEFT_OUT = (".cli", ".study", ".install", *(f".bootstrap_{name}" for name in STUDIES))

        def walk(package):
            for found in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
                if found.name.endswith(LEFT_OUT):
                    continue
                module = importlib.import_module(found.name)
                if found.ispkg:
                    walk(module)

        for name in ("connector", "adapters", "mappings", "webhooks"):
            walk(importlib.import_module(name))
        print("\\n".join(sys.modules))
        """
    ).split()
    assert {"connector.live.qualify", "adapters.http", "httpx"} <= set(loaded)


def test_every_part_of_the_composition_has_its_place_among_the_layers() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    placed = {name.strip() for layer in layers for name in layer.split(":")}
    parts = {f"connector.{path.stem}" for path in (ROOT / "connector").glob("bootstrap*.py")}
    assert "connector.bootstrap" in parts
    assert parts <= placed


@pytest.mark.parametrize("extra", ["cli", "install", "sandbox", "serve", "study"])
def test_extras_are_not_asked_of_a_worker(extra: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    core = {re.split(r"[^\w.\-]", name)[0] for name in project["dependencies"]}
    of_extra = {re.split(r"[^\w.\-]", name)[0] for name in project["optional-dependencies"][extra]}
    assert core & of_extra == set()
