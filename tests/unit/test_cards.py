"""The cards on the record pages read fields that exist, and speak both languages, and the same one on both CRMs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import pytest

from adapters.own_labels import Locale, option_label
from adapters.salesforce.ids import PERSON_OBJECTS
from connector.domain.person import REJECT_REASONS, STAGES
from connector.own_fields import PERSON_FIELDS

ROOT: Final = Path(__file__).parents[2]
HUBSPOT: Final = ROOT / "adapters/hubspot/card"
SALESFORCE: Final = ROOT / "adapters/salesforce/component"
BUNDLE: Final = SALESFORCE / "force-app/main/default/lwc/puenteQualification"
LABELS: Final = {"hubspot": HUBSPOT / "labels.ts", "salesforce": BUNDLE / "labels.js"}
ENTRY: Final = re.compile(r"""^\s*'?([\w.-]+)'?:\s*'([^']*)',?$""", re.MULTILINE)


def labels_of(crm: str, locale: Locale) -> dict[str, str]:
    """Read the entries between `const es = {` and its closing brace."""
    source = LABELS[crm].read_text()
    block = re.search(rf"^const {locale}\b[^=]*= \{{\n(.*?)^\}};$", source, re.MULTILINE | re.DOTALL)
    assert block, f"no `const {locale}` in {LABELS[crm]}"
    entries = dict(ENTRY.findall(block[1]))
    assert len(entries) == len(block[1].splitlines())
    return entries


def test_the_hubspot_card_reads_properties_that_are_installed() -> None:
    named = set(re.findall(r"'(puente_\w+)'", (HUBSPOT / "qualification.ts").read_text()))
    assert {"puente_stage", "puente_reasons"} <= named <= {field.name for field in PERSON_FIELDS}


def test_the_salesforce_component_reads_fields_that_are_installed() -> None:
    sources = "".join((BUNDLE / name).read_text() for name in ("qualification.js", "puenteQualification.js"))
    named = set(re.findall(r"'(Puente_\w+)'", sources))
    installed = {"_".join(word.capitalize() for word in field.name.split("_")) + "__c" for field in PERSON_FIELDS}
    assert {"Puente_Stage__c", "Puente_Reasons__c"} <= named <= installed


@pytest.mark.parametrize("crm", LABELS)
def test_a_card_has_every_word_in_both_languages(crm: str) -> None:
    spanish, english = labels_of(crm, "es"), labels_of(crm, "en")
    assert list(spanish) == list(english)
    assert all(spanish.values())
    assert all(english.values())


@pytest.mark.parametrize("locale", ["es", "en"])
def test_both_cards_say_the_same_in_the_same_words(locale: Locale) -> None:
    hubspot, salesforce = labels_of("hubspot", locale), labels_of("salesforce", locale)
    shared = hubspot.keys() & salesforce.keys()
    assert len(shared) > 40
    assert {key: hubspot[key] for key in shared} == {key: salesforce[key] for key in shared}


@pytest.mark.parametrize("locale", ["es", "en"])
@pytest.mark.parametrize("crm", LABELS)
def test_a_card_names_stages_and_rejections_as_the_fields_do(crm: str, locale: Locale) -> None:
    labels = labels_of(crm, locale)
    wanted = {f"stage.{stage}": option_label(stage, locale) for stage in STAGES}
    wanted |= {f"reason.{reason}": option_label(reason, locale) for reason in REJECT_REASONS}
    assert {key: labels.get(key) for key in wanted} == wanted


def test_the_hubspot_card_is_placed_on_the_contact_record() -> None:
    described = json.loads((HUBSPOT / "qualification-card-hsmeta.json").read_text())
    assert described["type"] == "card"
    assert described["config"]["objectTypes"] == ["contacts"]
    entry = Path(described["config"]["entrypoint"])
    assert entry.parent == Path("/app/cards")
    assert (HUBSPOT / entry.name).is_file()


def test_the_salesforce_component_is_offered_on_the_pages_of_people() -> None:
    name = {"m": "http://soap.sforce.com/2006/04/metadata"}
    described = ElementTree.parse(BUNDLE / "puenteQualification.js-meta.xml").getroot()
    assert described.findtext("m:isExposed", namespaces=name) == "true"
    assert [target.text for target in described.iterfind("m:targets/m:target", name)] == ["lightning__RecordPage"]
    objects = [sobject.text for sobject in described.iterfind(".//m:object", name)]
    assert sorted(filter(None, objects)) == sorted(PERSON_OBJECTS)


@pytest.mark.parametrize("folder", [HUBSPOT, SALESFORCE], ids=["hubspot", "salesforce"])
def test_installed_packages_are_pinned_by_hash_and_name_no_address(folder: Path) -> None:
    packages = json.loads((folder / "package-lock.json").read_text())["packages"]
    installed = {path: package for path, package in packages.items() if path}
    assert len(installed) > 50
    assert [path for path, package in installed.items() if "integrity" not in package or "resolved" in package] == []
