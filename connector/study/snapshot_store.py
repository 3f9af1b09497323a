"""Keep a snapshot's files so that a kill at any moment leaves it as it was: every change appears in one move."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Final

import polars as pl

from connector.ports import PersonRef
from connector.study.manifest import (
    Manifest,
    PartCounts,
    RunStart,
    dump,
    load_counts,
    load_manifest,
    load_start,
)
from connector.study.snapshot_rows import parse_ref
from connector.study.snapshot_schema import Table

_MANIFEST: Final = "manifest.json"
_RUN: Final = "run.json"
_PARTS: Final = "parts"
_COUNTS: Final = "counts.json"
_REFS: Final = "refs.txt"
_LOCK: Final = "lock"
_NEW: Final = ".new"
_OURS: Final = (_MANIFEST, _RUN, _PARTS)
UNREADABLE: Final = (KeyError, TypeError, ValueError, AttributeError)
"""What reading a record raises that is none."""


class SnapshotStore:
    """Read and write the files of one snapshot folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def is_there(self) -> bool:
        """Tell whether the folder holds anything of a snapshot."""
        return any((self.folder / name).exists() for name in _OURS)

    @property
    def is_foreign(self) -> bool:
        """Tell whether the folder holds something and no snapshot: nothing is mixed with what is somebody else's."""
        if not self.folder.exists():
            return False
        if not self.folder.is_dir():
            return True
        return not self.is_there and any(path.name != _LOCK for path in self.folder.iterdir())

    @contextmanager
    def claim(self) -> Iterator[bool]:
        """Hold the folder for one run at a time; gives False when another has it. A kill lets go of it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing(sqlite3.connect(self.folder / _LOCK, isolation_level=None, timeout=0)) as lock:
            try:
                lock.execute("PRAGMA journal_mode = MEMORY")  # a kill leaves no file of it behind
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                yield False
                return
            yield True

    def manifest(self) -> Manifest | None:
        """Return the manifest, None when no run has ended here. Raises ValueError when it cannot be read."""
        text = _read(self.folder / _MANIFEST)
        if text is None:
            return None
        try:
            return load_manifest(text)
        except UNREADABLE as error:
            raise ValueError(_MANIFEST) from error

    def cut_off(self) -> RunStart | None:
        """Return the run that was cut off, None when there is none that can be read."""
        text = _read(self.folder / _RUN)
        try:
            return None if text is None else load_start(text)
        except UNREADABLE:
            return None

    def _forget_refs(self, names: Iterable[str]) -> None:
        for name in names:
            (self.part_folder(name) / _REFS).unlink(missing_ok=True)

    def begin(self, start: RunStart) -> None:
        """Say what the run under way is about, so that another can go on with it; nothing of an older one is left."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unnamed = self.unnamed_parts()
        self._forget_refs(name for name in self._present() if name not in unnamed)
        self.discard(unnamed)
        _write(self.folder / _RUN, dump(start))

    def part_folder(self, name: str) -> Path:
        return self.folder / _PARTS / name

    def add_part(self, tables: Mapping[Table, pl.DataFrame], counts: PartCounts, refs: Iterable[PersonRef]) -> str:
        """Write a part; it is there in one move. `refs` tell a later run who has been read, until this one ends."""
        parts = self.folder / _PARTS
        parts.mkdir(parents=True, exist_ok=True)
        name = f"{max((int(one) for one in self._present()), default=0) + 1:06d}"
        new = parts / f"{name}{_NEW}"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        for table, frame in tables.items():
            content = BytesIO()  # a disk that is full is then Python's own error, with a reason
            frame.write_parquet(content, compression="zstd", statistics=False)
            (new / f"{table}.parquet").write_bytes(content.getbuffer())
        (new / _COUNTS).write_bytes(dump(counts))
        (new / _REFS).write_text("\n".join(f"{ref.object_type}:{ref.object_id}" for ref in refs), encoding="utf-8")
        new.rename(parts / name)
        return name

    def _present(self) -> list[str]:
        parts = self.folder / _PARTS
        return sorted(path.name for path in parts.iterdir() if path.name.isdigit()) if parts.is_dir() else []

    def unnamed_parts(self) -> list[str]:
        """Return the parts that no manifest names yet: those of a run under way or cut off."""
        try:
            manifest = self.manifest()
        except ValueError:
            manifest = None
        named = set(manifest.parts) if manifest else set()
        return [name for name in self._present() if name not in named]

    def counts_path(self, name: str) -> Path:
        return self.part_folder(name) / _COUNTS

    def counts_of(self, name: str) -> PartCounts:
        return load_counts(self.counts_path(name).read_bytes())

    def refs_of(self, name: str) -> frozenset[PersonRef]:
        """Return who was read for a part of a run that is not over."""
        text = _read(self.part_folder(name) / _REFS) or b""
        return frozenset(parse_ref(line) for line in text.decode().splitlines())

    def commit(self, manifest: Manifest) -> None:
        """Make a run count by naming its parts, and only then remove what is over: plain ids, and replaced parts."""
        _write(self.folder / _MANIFEST, dump(manifest))
        self._forget_refs(manifest.parts)
        (self.folder / _RUN).unlink(missing_ok=True)
        self.discard(self.unnamed_parts())

    def discard(self, names: Iterable[str]) -> None:
        """Remove parts."""
        for name in names:
            shutil.rmtree(self.part_folder(name), ignore_errors=True)

    def purge(self) -> bool:
        """Remove every file of ours, the manifest first; returns whether there was any. Others' files stay."""
        found = [self.folder / name for name in _OURS if (self.folder / name).exists()]
        for path in found:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        (self.folder / _LOCK).unlink(missing_ok=True)
        if self.folder.is_dir() and not any(self.folder.iterdir()):
            self.folder.rmdir()
        return bool(found)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _write(path: Path, content: bytes) -> None:
    """Write a small file in one move."""
    new = path.with_name(f"{path.name}{_NEW}")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
