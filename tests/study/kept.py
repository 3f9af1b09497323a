"""Keep a made-up history as a snapshot in a folder, with the model and mapping it was read by."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from connector.bootstrap import load_rules
from connector.bootstrap_study import Wishes, build_store, choose_kept
from connector.settings import Settings
from connector.study.manifest import Manifest, PartCounts, Run
from connector.study.snapshot_rows import Origin
from tests.study.histories import MODEL, NOW, History

EVENTS = ("page_view", "email_click", "content_download", "webinar_attended", "demo_trial")


def mapping_text(history: History) -> str:
    """Write a mapping that reads what the history keeps."""
    attributes = "\n".join(
        f"  {name}: {{property: {name}, type: {kind}}}" for name, kind in history.attribute_types.items()
    )
    events = "\n".join(f'  - {{kind: {kind}, from: web_events, event_type: "pe1_{kind}"}}' for kind in EVENTS)
    return f"crm: hubspot\nattributes:\n{attributes}\nevents:\n{events}\nwrite_back: {{puente_stage: stage}}\n"


def keep_history(history: History, folder: Path, *, taken_at: datetime = NOW, model: str = MODEL) -> None:
    """Write model, mapping and snapshot into a folder, as the settings of `settings_of` find them."""
    (folder / "model.yaml").write_text(model, encoding="utf-8")
    (folder / "mapping.yaml").write_text(mapping_text(history), encoding="utf-8")
    settings = Settings(
        model=folder / "model.yaml", mapping=folder / "mapping.yaml", snapshot=folder / ".puente" / "snapshot"
    )
    rules = load_rules(settings)
    kept, days = choose_kept(settings, rules, Wishes(history=False))
    store = build_store(settings)
    rows = {str(name): frame.height for name, frame in history.tables.items()}
    counts = PartCounts(rows["people"], 0, {}, rows["events"], 0, 0, rows)
    part = store.add_part(history.tables, counts, ())
    run = Run(1, "full", None, taken_at, taken_at, rows["people"], counts)
    store.commit(Manifest(Origin("hubspot", "62515"), kept, days, (part,), (run,)))


def settings_of(folder: Path) -> dict[str, str]:
    return {
        "MODEL": str(folder / "model.yaml"),
        "MAPPING": str(folder / "mapping.yaml"),
        "SNAPSHOT": str(folder / ".puente" / "snapshot"),
        "STATE": str(folder / "state.db"),
        "LOCALE": "en",
    }
