"""Open the state of the settings — ledger, queue, kept secrets — in a file on this machine or in AWS."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from connector.domain.model import Locale
from connector.errors import SettingsError
from connector.live.clock import Clock
from connector.live.ledger import Ledger, SqliteLedger
from connector.live.queue import Queue
from connector.live.queue_sqlite import PATIENCE_SECONDS, SqliteQueue
from connector.settings import Settings
from connector.system_reasons import system_reason

_IN_MEMORY: Final = ":memory:"
_EMBEDDED: Final = "embedded"
_TABLE: Final = "dynamodb://"
_LONGEST_TURN_SECONDS: Final = 30.0


def is_shared(settings: Settings) -> bool:
    """Tell a state that several machines share from a file on this one."""
    return settings.state.startswith(_TABLE)


def build_ledger(settings: Settings, account: str, *, dry_run: bool = False) -> Ledger:
    """Open the ledger of one account of the CRM. A dry run leaves no new file behind."""
    name = f"{settings.crm}:{account}"
    if is_shared(settings):
        return _open_shared(settings, name)
    if dry_run and not _path(settings).exists():
        return SqliteLedger(_IN_MEMORY, name)
    return _open_file(settings, name)


def build_queue(
    settings: Settings, *, clock: Clock, only_look: bool = False, patience_seconds: float = PATIENCE_SECONDS
) -> Queue:
    """Open the queue, here or in AWS. Who only looks leaves no new file behind. Raises SettingsError."""
    if settings.queue != _EMBEDDED:
        if "://" not in settings.queue:
            raise SettingsError(_NO_SUCH_QUEUE[settings.locale])
        from webhooks.state import open_queue  # here: only who keeps the queue in AWS speaks to AWS

        return open_queue(settings.queue)
    if is_shared(settings):
        raise SettingsError(_QUEUE_WITHOUT_FILE[settings.locale])
    path: Path | str = _path(settings)
    if only_look and not Path(path).exists():
        path = _IN_MEMORY
    try:
        return SqliteQueue(path, clock, patience_seconds)
    except (sqlite3.Error, OSError) as error:
        raise _bad_state(settings, error) from None


class KeptSecret:
    """Keep one secret in the state, such as a token that a CRM renewed: for the next process, and for others."""

    def __init__(self, settings: Settings, name: str) -> None:
        self._settings, self._name = settings, name

    def get(self) -> str | None:
        """Return what was kept last; asking leaves no new file behind."""
        if not self.has_room:
            return None
        with self._opened() as state:
            return state.get_secret(self._name)

    def put(self, value: str) -> None:
        """Keep a value in place of the last one."""
        with self._opened() as state:
            state.put_secret(self._name, value)

    @property
    def has_room(self) -> bool:
        """Say whether keeping something leaves no new file behind."""
        return is_shared(self._settings) or _path(self._settings).exists()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Let one process of this machine at a time renew the secret; who waits too long goes without a turn.

        Without a file, and between machines, nobody waits: each may renew for itself.
        """
        if is_shared(self._settings) or not self.has_room:
            yield
            return
        path = _path(self._settings)
        lock = sqlite3.connect(
            path.with_name(f"{path.name}.login"), isolation_level=None, timeout=_LONGEST_TURN_SECONDS
        )
        with closing(lock):
            _seize(lock)
            yield

    def _opened(self) -> closing[Ledger]:
        return closing(
            _open_shared(self._settings, "") if is_shared(self._settings) else _open_file(self._settings, "")
        )


@contextmanager
def one_run_at_a_time(settings: Settings, on_wait: Callable[[], None]) -> Iterator[None]:
    """Let one run at a time write with this state file; another waits. The lock ends with its process, also by a kill.

    A state that machines share has no such lock: there runs hold the people they work on, as workers do.
    """
    if is_shared(settings):
        yield
        return
    with closing(_open_run_lock(settings)) as lock:
        waiting = False
        while not _seize(lock):
            if not waiting:
                on_wait()
            waiting = True
            time.sleep(0.2)
        yield


def free_after_a_kill(settings: Settings, clock: Clock) -> bool:
    """Give out at once what a killed worker of this machine had taken; False while a run is at work: ask again then.

    Safe because nobody works without the lock of `one_run_at_a_time`. Who has taken doorbells and still waits for it
    finds them answered. A state that machines share is left alone: there the time of a lease has to tell.
    """
    if is_shared(settings):
        return True
    with closing(_open_run_lock(settings)) as lock:
        if not _seize(lock):
            return False
        with closing(_open_file(settings, "")) as ledger, closing(SqliteQueue(_path(settings), clock)) as queue:
            ledger.leases.free_all()
            queue.free_all()
    return True


def _open_run_lock(settings: Settings) -> sqlite3.Connection:
    path = _path(settings)
    with closing(_open_file(settings, "")):
        return sqlite3.connect(path.with_name(f"{path.name}.run"), isolation_level=None, timeout=0)


def _seize(lock: sqlite3.Connection) -> bool:
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        return False
    return True


def _path(settings: Settings) -> Path:
    if "://" in settings.state:
        raise SettingsError(_NO_SUCH_STATE[settings.locale])
    return Path(settings.state).expanduser()


def _open_file(settings: Settings, account: str) -> SqliteLedger:
    try:
        return SqliteLedger(_path(settings), account)
    except (sqlite3.Error, OSError) as error:
        raise _bad_state(settings, error) from None


def _open_shared(settings: Settings, account: str) -> Ledger:
    from webhooks.state import open_ledger  # here: only who keeps the state in AWS speaks to AWS

    return open_ledger(settings.state, account)


def _bad_state(settings: Settings, error: Exception) -> SettingsError:
    reason = system_reason(error, settings.locale)
    return SettingsError(_BAD_STATE[settings.locale].format(state=settings.state, reason=reason))


_NO_SUCH_STATE: Final[Mapping[Locale, str]] = {
    "es": "PUENTE_STATE: no se reconoce — ponga la ruta de un archivo SQLite o dynamodb://TABLA",
    "en": "PUENTE_STATE: not recognised — give the path of a SQLite file or dynamodb://TABLE",
}
_NO_SUCH_QUEUE: Final[Mapping[Locale, str]] = {
    "es": "PUENTE_QUEUE: no se reconoce — ponga `embedded` o la dirección de una cola SQS (https://sqs.…)",
    "en": "PUENTE_QUEUE: not recognised — give `embedded` or the address of an SQS queue (https://sqs.…)",
}
_QUEUE_WITHOUT_FILE: Final[Mapping[Locale, str]] = {
    "es": "PUENTE_QUEUE: la cola `embedded` vive en un archivo SQLite y PUENTE_STATE nombra una tabla — ponga la"
    " dirección de la cola SQS",
    "en": "PUENTE_QUEUE: the `embedded` queue lives in a SQLite file and PUENTE_STATE names a table — give the address"
    " of the SQS queue",
}
_BAD_STATE: Final[Mapping[Locale, str]] = {
    "es": (
        "PUENTE_STATE: no se puede abrir {state} ({reason}) — corrija la ruta, los permisos o aparte el archivo si está"
        " dañado"
    ),
    "en": (
        "PUENTE_STATE: {state} cannot be opened ({reason}) — correct the path, its permissions, or move the file away"
        " if it is damaged"
    ),
}
