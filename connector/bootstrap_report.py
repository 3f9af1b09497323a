"""Put together the weekly report: the part of the composition root behind `puente report`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from connector.bootstrap_plan import Planning, open_planning
from connector.domain.model import Locale, Model
from connector.domain.model_file import parse_model
from connector.errors import UsageError
from connector.files import TextFile, read_model_text
from connector.live.clock import Clock
from connector.live.plan_write import model_stamp
from connector.settings import HUBSPOT_API, Settings
from connector.study.report.report import Subject, make_report
from connector.study.report.revisions import ModelHistory, count_stamps, list_revisions, read_file_states
from connector.study.report.source import ModelSource
from connector.study.report.story import Story, no_link

CHANNEL: Final = "source"
_HUBSPOT_APP: Final = "https://app.hubspot.com"
_CONTACTS: Final = "0-1"


@dataclass(frozen=True, slots=True)
class Reporting:
    """Hold a snapshot with the model in force and the file it came from."""

    settings: Settings
    planning: Planning
    source: TextFile

    def tell(self, weeks: int, channel: str | None) -> Story:
        """Measure the base over some weeks. Raises UsageError when it does not keep the attribute of the channel."""
        snapshot, rules, settings = self.planning.snapshot, self.planning.present, self.settings
        kept = snapshot.manifest.kept.attribute_types
        if channel is not None and channel not in kept:
            raise UsageError(_NO_CHANNEL[settings.locale].format(name=channel))
        chosen = channel or (CHANNEL if CHANNEL in kept else None)
        subject = Subject(snapshot.manifest, rules.model, rules.mapping, weeks, chosen, self._history())
        report = make_report(tuple(snapshot.parts()), subject)
        source = ModelSource(self.source.name, self.source.source().line_of)
        link = partial(link_record, settings, snapshot.manifest.origin.account) if _can_link(settings) else no_link
        return Story(report, rules.model, source, settings.locale, self.planning.now, link)

    def _history(self) -> ModelHistory:
        """Return what is known of the model's changes; the packaged file's own are not the team's."""
        snapshot, rules = self.planning.snapshot, self.planning.present
        states = read_file_states(self.settings.model) if self.settings.model else None
        fields = {path: name for name, path in rules.mapping.write_back.items()}
        people = (part.table("people", ["current"]) for part in snapshot.parts())
        return ModelHistory(
            stamp=model_stamp(rules.model),
            in_git=states is not None,
            revisions=tuple(list_revisions(states or (), self._parse)),
            stamps=count_stamps(people, fields.get("model"), fields.get("decided_at")),
        )

    def _parse(self, text: str) -> Model:
        return parse_model(text, file=self.source.name, types=self.planning.present.mapping.attribute_types)


def open_reporting(settings: Settings, clock: Clock) -> Reporting:
    """Open everything that is reported on. Raises UsageError when the snapshot is missing or was read otherwise."""
    return Reporting(settings, open_planning(settings, clock), read_model_text(settings.model))


def _can_link(settings: Settings) -> bool:
    """Tell whether records have a page: a sandbox's have none."""
    if settings.crm == "salesforce":
        return (settings.salesforce.instance_url or "").startswith("https://")
    return settings.hubspot.base_url == HUBSPOT_API


def link_record(settings: Settings, account: str, object_type: str, object_id: str) -> str:
    """Return where a person can be looked at in the CRM.

    Portals outside the United States have a domain of their own, which the snapshot does not know: HubSpot forwards.
    Source: HubSpot, account information (`uiDomain`), and Salesforce, "pageReference types", record page; documented,
    read 2026-11-22. The forwarding was not measured.
    """
    if settings.crm == "salesforce":
        base = (settings.salesforce.instance_url or "").rstrip("/")
        return f"{base}/lightning/r/{object_type.capitalize()}/{object_id}/view"
    return f"{_HUBSPOT_APP}/contacts/{account}/record/{_CONTACTS}/{object_id}"


_NO_CHANNEL: Final[Mapping[Locale, str]] = {
    "es": "--channel: {name}: la copia de la base no tiene ese atributo — tome los nombres del mapeo",
    "en": "--channel: {name}: the snapshot has no such attribute — take its names from the mapping",
}
