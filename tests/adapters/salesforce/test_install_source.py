"""The package in source format: the same components in other files, and secrets only in the environment."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

from adapters.salesforce.install_component import NAMESPACE
from adapters.salesforce.install_doorbells import Doorbells
from adapters.salesforce.install_package import PackageOptions, build_components, build_files
from adapters.salesforce.install_source import build_source, placeholder

TOKEN = "PUENTE_SALESFORCE__WEBHOOK_TOKEN"
OUTBOUND = Doorbells("outbound", f"https://hooks.example.com/{placeholder(TOKEN)}", "puente@example.com")
COMPONENTS = build_components(PackageOptions("66.0", "es", "Puente_Task_Key__c", OUTBOUND))
SOURCE = build_source(COMPONENTS, "66.0", (TOKEN, "NOT_USED"))
ROOT = "force-app/main/default"


def leaves(text: str) -> list[tuple[str, str]]:
    return [(one.tag, (one.text or "").strip()) for one in ET.fromstring(text).iter() if len(one) == 0]


def test_every_field_has_a_file_of_its_own() -> None:
    fields = [one for one in COMPONENTS if one.type == "CustomField"]
    for field in fields:
        text = SOURCE[f"{ROOT}/objects/{field.owner}/fields/{field.name}.field-meta.xml"]
        assert ET.fromstring(text).tag == f"{{{NAMESPACE}}}CustomField"
        assert f"<fullName>{field.name}</fullName>" in text
    assert sum(path.endswith(".field-meta.xml") for path in SOURCE) == len(fields)


def test_both_formats_say_the_same() -> None:
    deployed = build_files(COMPONENTS, "66.0")
    both = [
        ("permissionsets/Puente.permissionset", "permissionsets/Puente.permissionset-meta.xml"),
        ("workflows/Lead.workflow", "workflows/Lead.workflow-meta.xml"),
        ("flows/Puente_Task_Changed.flow", "flows/Puente_Task_Changed.flow-meta.xml"),
    ]
    for package_path, source_path in both:
        assert leaves(SOURCE[f"{ROOT}/{source_path}"]) == leaves(deployed[package_path])
    bundles = {path: text for path, text in deployed.items() if path.startswith("lwc/")}
    assert bundles
    assert all(SOURCE[f"{ROOT}/{path}"] == text for path, text in bundles.items())


def test_the_environment_fills_in_what_no_file_may_hold() -> None:
    project = json.loads(SOURCE["sfdx-project.json"])
    assert {one["replaceWithEnv"] for one in project["replacements"]} == {TOKEN}
    files = {one["filename"] for one in project["replacements"]}
    assert files == {path for path, text in SOURCE.items() if placeholder(TOKEN) in text and path.startswith(ROOT)}
    assert project["sourceApiVersion"] == "66.0"


def test_nothing_to_replace_is_not_mentioned() -> None:
    plain = build_source(build_components(PackageOptions("66.0", "es", "Puente_Task_Key__c")), "66.0", (TOKEN,))
    assert "replacements" not in json.loads(plain["sfdx-project.json"])
