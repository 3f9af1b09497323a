"""`puente snapshot`: copy the whole base to this machine, bring the copy up to date, and remove it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson
from rich import box
from rich.table import Table

from connector.bootstrap import load_rules
from connector.cli.disk import telling_what_cannot_be_written
from connector.cli.failures import DONE, FAILED
from connector.cli.numbers import FiniteRange
from connector.cli.progress import show_progress
from connector.cli.session import Session, json_option, rules_options
from connector.cli.words import count_text
from connector.domain.values import to_instant_text
from connector.errors import UsageError

if TYPE_CHECKING:
    from connector.bootstrap_study import Wishes
    from connector.study.manifest import Manifest, RunStart
    from connector.study.snapshot import Taking


@click.group("snapshot", short_help="Copy the base to this machine.", invoke_without_command=True)
@click.option("--full", is_flag=True, help="Read everybody again, not only who changed since the last run.")
@click.option("--hash-ids/--plain-ids", default=None, help="Keep salted hashes instead of the CRM's ids.")
@click.option("--history/--no-history", default=None, help="Ask what fields held when (the default), or save calls.")
@click.option("--without", multiple=True, metavar="ATTRIBUTE", help="Do not keep an attribute; may be repeated.")
@click.option("--retention-days", type=FiniteRange(1, 3650), metavar="N", help="How long it may be read: 90.")
@click.option(
    "--reserve", type=FiniteRange(0, 95), default=25.0, metavar="PCT",
    help="Share of the CRM's limits left to other integrations: 25.",
)  # fmt: skip
@json_option
@rules_options
@click.pass_context
def command(
    context: click.Context, /, full: bool, hash_ids: bool | None, history: bool | None, without: tuple[str, ...],
    retention_days: float | None, reserve: float, as_json: bool, **choices: Any,
) -> int | None:  # fmt: skip
    """Copy people, what they did, stages, deals and tasks into a folder of this machine (PUENTE_SNAPSHOT).

    The first run reads everybody, later ones who changed. Cut off, it goes on where it was. Nothing is written to the
    CRM. Names and e-mail addresses are left out unless a rule of the model looks at them.
    """
    if context.invoked_subcommand is not None:
        return None
    session: Session = context.obj
    require_extra(session)
    from connector.bootstrap_study import Wishes

    wishes = Wishes(hash_ids, without or None, retention_days, history, full, reserve)
    return _Copy(session, wishes, as_json).run(choices)


@command.command("purge")
@click.option("--dry-run", is_flag=True, help="Say whether there is a copy; remove nothing.")
@click.pass_obj
def purge_command(session: Session, /, dry_run: bool) -> int:
    """Remove the copy from this machine."""
    settings = session.load_settings()
    require_extra(session)
    from connector.study.snapshot_store import SnapshotStore

    store = SnapshotStore(settings.snapshot.expanduser())
    found = store.is_there if dry_run else store.purge()
    key = ("snapshot_would_purge" if dry_run else "snapshot_purged") if found else "snapshot_nothing"
    session.tell(key, folder=str(store.folder))
    return DONE


def require_extra(session: Session) -> None:
    """Say what to install where the libraries for whole bases are missing."""
    if not all(find_spec(library) for library in ("numpy", "polars")):
        raise UsageError(session.say("study_extra"))


@dataclass(frozen=True, slots=True)
class _Copy:
    """Run one snapshot and say what is in it."""

    session: Session
    wishes: Wishes
    as_json: bool

    def run(self, choices: dict[str, Any]) -> int:
        from connector.bootstrap_study import build_store, build_taking, choose_kept, to_survey

        session = self.session
        settings = session.load_settings(**choices)
        rules = load_rules(settings)
        store = build_store(settings)
        if store.is_foreign:
            raise UsageError(session.say("snapshot_foreign", folder=str(store.folder)))
        self._refuse_unknown(rules.mapping.attributes)
        kept, days = choose_kept(settings, rules, self.wishes)
        root = session.root
        survey, on_disk = to_survey(kept, self.wishes), telling_what_cannot_be_written(session, store.folder)
        with root.open_crm(settings, rules, survey=survey) as crm, on_disk, store.claim() as mine:
            if not mine:
                raise UsageError(session.say("snapshot_busy", folder=str(store.folder)))
            taking = build_taking(settings, rules, crm, root.clock, kept, days, full=self.wishes.full)
            self._take(taking)
            manifest = store.manifest()
            assert manifest is not None  # noqa: S101 - a run that ends has written one
            self._report(manifest, store.folder, crm.calls())
        return FAILED if manifest.runs[-1].counts.failed else DONE

    def _refuse_unknown(self, attributes: Any) -> None:
        unknown = [name for name in self.wishes.without or () if name not in attributes]
        if unknown:
            raise UsageError(self.session.say("snapshot_no_attribute", names=", ".join(unknown)))

    def _take(self, taking: Taking) -> None:
        session = self.session
        start = taking.start()
        self._refuse_unfit(taking, start)
        before = len(taking.read_before(start))
        if before:
            session.tell("snapshot_resumes", count=count_text(before, session.locale))
        total = taking.crm.count() if start.mode == "full" else None
        left = None if total is None else max(total - before, 0)
        quiet = self.as_json and session.out.is_terminal
        with show_progress(session.err, session.say("snapshot_progress"), left, wanted=not quiet) as advance:
            for count in taking.take(start):
                for _ in range(count):
                    advance()

    def _refuse_unfit(self, taking: Taking, start: RunStart) -> None:
        """Raise UsageError when the folder holds somebody else's snapshot, or one that cannot be added to."""
        session, folder = self.session, taking.store.folder
        other = None if self.wishes.full else taking.other_origin()
        if other is not None:
            theirs, ours = (f"{one.crm} {one.account}" for one in (other, start.origin))
            raise UsageError(session.say("snapshot_other", folder=folder, theirs=theirs, ours=ours))
        damaged = taking.find_damaged(start)
        if damaged is not None:
            raise UsageError(session.say("snapshot_damaged", path=damaged))

    def _report(self, manifest: Manifest, folder: Path, calls: Any) -> None:
        if self.as_json:
            click.echo(orjson.dumps(_to_json(manifest, folder, calls)).decode())
            return
        session, run = self.session, manifest.runs[-1]
        counts, locale = run.counts, self.session.locale
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
        table.add_column(session.say("snapshot_what"))
        table.add_column(session.say("snapshot_count"), justify="right")
        rows = {
            "snapshot_listed": counts.listed,
            "snapshot_people": counts.rows["people"],
            "snapshot_gone": counts.gone,
            "snapshot_failed": sum(counts.failed.values()),
            "snapshot_events_read": counts.events_read,
            "snapshot_events": counts.rows["events"],
            "snapshot_repeated": counts.repeated,
            "snapshot_empty": counts.empty,
        }
        for key, number in rows.items():
            table.add_row(session.say(key), count_text(number, locale))
        key = "snapshot_done" if run.mode == "full" else "snapshot_updated"
        session.out.print(session.say(key, folder=str(folder)), soft_wrap=True)
        session.out.print(table)
        for source, why in manifest.unavailable.items():
            session.out.print(session.say("snapshot_unavailable", source=source, why=why), soft_wrap=True)
        session.out.print(session.say("snapshot_until", day=manifest.expires_at.date().isoformat()), soft_wrap=True)
        if counts.failed:
            session.tell("snapshot_again")


def _to_json(manifest: Manifest, folder: Path, calls: Any) -> dict[str, Any]:
    run = manifest.runs[-1]
    counts = run.counts
    return {
        "folder": str(folder),
        "crm": manifest.origin.crm,
        "account": manifest.origin.account,
        "mode": run.mode,
        "run": run.number,
        "taken_at": to_instant_text(manifest.taken_at),
        "expires_at": to_instant_text(manifest.expires_at),
        "counted": run.counted,
        "listed": counts.listed,
        "kept": dict(counts.rows),
        "explained": {
            "gone": counts.gone,
            "failed": dict(counts.failed),
            "repeated_events": counts.repeated,
            "empty_counters": counts.empty,
        },
        "events_read": counts.events_read,
        "left_out": list(manifest.kept.left_out),
        "hashed_ids": manifest.kept.hashed,
        "reconstructable": list(manifest.reconstructable),
        "unavailable": dict(manifest.unavailable),
        "calls": dict(calls),
    }
