"""`puente doctor`: say whether Puente can work with this account, and what to do where it cannot. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import click
import orjson

from connector.bootstrap import Rules, load_rules
from connector.cli.doctor_account import (
    judge_access,
    judge_account,
    judge_allowances,
    judge_clock,
    judge_fields,
    judge_rules,
    judge_version,
)
from connector.cli.doctor_check import LIMITS, Check, fail, has_failed, look, ok, warn
from connector.cli.doctor_coverage import Coverage, cover, judge_coverage
from connector.cli.doctor_doorbell import look_at_webhook
from connector.cli.doctor_routing import judge_routing, owners_of
from connector.cli.doctor_store import look_at_queue, look_at_secrets, look_at_state
from connector.cli.doctor_view import Diagnosis, render, to_json
from connector.cli.failures import DONE, FAILED
from connector.cli.schema_check import SchemaCheck
from connector.cli.session import Session, json_option, rules_options
from connector.domain.cross_check import MAPPING_FILE
from connector.domain.model_reach import used_attributes
from connector.errors import AccessError, CrmError
from connector.live.clock import Clock
from connector.own_fields import FIELDS_BY_NAME
from connector.ports import Crm, Fetched, Record
from connector.settings import Settings

SAMPLE: Final = 20
"""People on whom the sources are tried: enough for most of them to show, and few enough for one call each."""


@click.command("doctor", short_help="Look whether everything is in place.")
@json_option
@rules_options
@click.pass_obj
def command(session: Session, /, as_json: bool, **choices: Any) -> int:
    """Look at credentials, limits, fields, others' rules, sources, owners, webhook, queue and state. Writes nothing.

    Exit 0: nothing fails, warnings aside; 1: something does; 2: a setting or a file is wrong.
    """
    settings = session.load_settings(**choices)
    examination = Examination(settings, load_rules(settings), session.root.clock)
    with session.root.open_crm(settings, examination.rules) as crm:
        checks = [*examination.of_account(crm)]
    checks += look_at_webhook(settings, examination.account, session.root.clock)
    checks += [*look_at_state(settings), *look_at_queue(settings, session.root.clock), *look_at_secrets(Path.cwd())]
    found = Diagnosis(checks, examination.account, examination.coverage, len(examination.sample))
    if as_json:
        click.echo(orjson.dumps(to_json(found, session), option=orjson.OPT_INDENT_2).decode())
    else:
        session.out.print(render(found, session))
    return FAILED if has_failed(checks) else DONE


@dataclass(slots=True)
class Examination:
    """Ask an account question by question; each yields its lines, whatever became of the others."""

    settings: Settings
    rules: Rules
    clock: Clock
    account: str = ""
    sample: tuple[Record, ...] = ()
    coverage: list[Coverage] = field(default_factory=list)

    def of_account(self, crm: Crm) -> Iterator[Check]:
        """Yield every line about the account. A credential that is refused, or a dead version, ends them."""
        health = crm.health()
        try:
            version = list(look("version", lambda: [judge_version(health.version_life(), self.clock().date())]))
            if has_failed(version):
                yield from version
                return
            access = health.access()
            self.account = access.account
            yield from (*judge_access(access), *version, *self._of_doors())
            yield from self._of_set_up(crm)
            yield from self._of_people(crm)
            yield judge_clock(crm.clock_lead())
        except CrmError as error:
            # A credential of one's own helps against a refusal alone; the error says what helps against the rest.
            code = "credentials_refused" if isinstance(error, AccessError) else "credentials_untried"
            yield Check("credentials", "fail", code, error=error)

    def _of_doors(self) -> Iterator[Check]:
        if self.settings.crm == "salesforce":
            configured, setting = self.settings.salesforce.organization_id, "PUENTE_SALESFORCE__ORGANIZATION_ID"
        else:
            configured, setting = self.settings.hubspot.portal_id, "PUENTE_HUBSPOT__PORTAL_ID"
        yield from judge_account(configured, self.account, setting)

    def _of_set_up(self, crm: Crm) -> Iterator[Check]:
        health = crm.health()
        yield from look(LIMITS, lambda: judge_allowances(health.allowances()))
        yield from look("fields", lambda: judge_fields(health.own_fields()))
        yield from look("rules", lambda: judge_rules(health.write_rules()))
        yield from look("mapping", lambda: [self._judge_mapping(crm)])

    def _judge_mapping(self, crm: Crm) -> Check:
        """Judge the names of the mapping; our own fields have lines of their own."""
        schema = SchemaCheck(self.rules.mapping, MAPPING_FILE, crm.schema(), crm.lifecycle_field)
        wrong = tuple(problem.path for problem in schema.problems() if not _is_about_own(problem.path))
        if wrong:
            return fail("mapping", "mapping_wrong", count=len(wrong), names=wrong)
        return ok("mapping", "mapping_ok")

    def _of_people(self, crm: Crm) -> Iterator[Check]:
        yield from look("sample", lambda: self._take_sample(crm))
        yield from look("signals", lambda: self._judge_coverage(crm))
        routing = self.rules.model.handoff.routing
        names = owners_of(routing)
        yield from look(
            "routing", lambda: judge_routing(routing, crm.health().owners(names) if names else {}, self.sample)
        )

    def _take_sample(self, crm: Crm) -> Iterator[Check]:
        """Read a few people the way every run does: what the account refuses, it refuses now."""
        refs = crm.health().sample(SAMPLE)
        fetched = crm.fetch(refs, now=self.clock()) if refs else Fetched()
        self.sample = fetched.records
        for error in list(fetched.failed.values())[:1]:
            failed = warn("sample", "sample_failed", count=len(fetched.failed), sampled=len(refs))
            yield Check(failed.name, failed.state, failed.code, failed.values, error)

    def _judge_coverage(self, crm: Crm) -> Iterator[Check]:
        model, mapping = self.rules.model, self.rules.mapping
        self.coverage = cover(model, mapping, used_attributes(model), crm.health().obstacle, self.sample, self.clock())
        yield from judge_coverage(self.coverage)


def _is_about_own(path: str) -> bool:
    name = path.removeprefix("write_back.")
    return path == "write_back" or name.lower().removesuffix("__c") in FIELDS_BY_NAME or path.startswith("sales.")
