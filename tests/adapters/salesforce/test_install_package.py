"""Hold the package we deploy against the vendor's own schema, which simple-salesforce carries."""

from __future__ import annotations

import copy
import io
import zipfile
from pathlib import Path

import pytest
import simple_salesforce
from lxml import etree

from adapters.own_labels import Locale
from adapters.salesforce.install_component import FOLDERS, NESTED
from adapters.salesforce.install_doorbells import Doorbells
from adapters.salesforce.install_fields import field_name, person_fields
from adapters.salesforce.install_package import (
    PackageOptions,
    build_components,
    build_deletion,
    build_files,
    zip_package,
)
from adapters.salesforce.install_sdk import build_retrieval
from connector.domain.mapping import OWN_NAMES
from connector.own_fields import PERSON_FIELDS

XSD, META = "{http://www.w3.org/2001/XMLSchema}", "http://soap.sforce.com/2006/04/metadata"
OUTBOUND = Doorbells("outbound", "https://hooks.example.com/salesforce/outbound/a&b", "puente@example.com")
CDC = Doorbells("cdc", user_id="005000000000002AAA", relay_to=("eu-west-1", "123456789012"))
DOORBELLS = {"none": Doorbells(), "outbound": OUTBOUND, "cdc": CDC}


def files_for(doorbells: Doorbells = OUTBOUND, locale: Locale = "es") -> dict[str, str]:
    options = PackageOptions("66.0", locale, OWN_NAMES["salesforce"][2], doorbells)
    return build_files(build_components(options), "66.0")


FILES = files_for()


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    wsdl = etree.parse(str(Path(simple_salesforce.__file__).parent / "metadata.wsdl"))
    found = next(one for one in wsdl.iter(f"{XSD}schema") if one.get("targetNamespace") == META)
    root = copy.deepcopy(found)
    for kind in ("Package", *FOLDERS, *(root_of for _, _, root_of, _ in NESTED.values()), "LightningComponentBundle"):
        root.append(etree.Element(f"{XSD}element", name=kind, type=f"tns:{kind}"))
    etree.cleanup_namespaces(root, top_nsmap={"tns": META, "xsd": XSD[1:-1]}, keep_ns_prefixes=["tns", "xsd"])
    return etree.XMLSchema(etree.fromstring(etree.tostring(root)))


@pytest.mark.parametrize("kind", DOORBELLS)
@pytest.mark.parametrize("locale", ["es", "en"])
def test_every_file_is_valid_metadata(kind: str, locale: Locale, schema: etree.XMLSchema) -> None:
    files = files_for(DOORBELLS[kind], locale)
    described = {path: text for path, text in files.items() if not path.startswith("lwc/")}
    assert len(described) >= {"none": 6, "outbound": 16, "cdc": 14}[kind]
    for text in described.values():
        schema.assertValid(etree.fromstring(text.encode()))


def test_a_deletion_is_valid_metadata(schema: etree.XMLSchema) -> None:
    for text in build_deletion([("Flow", "Puente_Lead_Changed-1"), ("CustomField", "Lead.X__c")], "66.0").values():
        schema.assertValid(etree.fromstring(text.encode()))


@pytest.mark.parametrize(
    ("path", "element"),
    [
        ("objects/Lead.object", "label"),
        ("flows/Puente_Lead_Changed.flow", "start"),
        ("workflows/Task.workflow", "endpointUrl"),
        ("permissionsets/Puente.permissionset", "fieldPermissions"),
    ],
)
def test_the_schema_refuses_what_is_wrong(path: str, element: str, schema: etree.XMLSchema) -> None:
    broken = FILES[path].replace(f"<{element}>", f"<{element}x>").replace(f"</{element}>", f"</{element}x>")
    assert broken != FILES[path]
    assert not schema.validate(etree.fromstring(broken.encode()))


def test_every_own_field_is_made_on_both_objects_and_granted() -> None:
    for field in PERSON_FIELDS:
        name = field_name(field.name)
        for sobject in ("Lead", "Contact"):
            assert f"<fullName>{name}</fullName>" in FILES[f"objects/{sobject}.object"]
            assert f"<field>{sobject}.{name}</field>" in FILES["permissionsets/Puente.permissionset"]
            assert f"<members>{sobject}.{name}</members>" in FILES["package.xml"]


def test_the_key_is_unique_on_activities_and_granted_on_both() -> None:
    activity = FILES["objects/Activity.object"]
    assert "<unique>true</unique>" in activity
    assert "<externalId>true</externalId>" in activity
    for sobject in ("Task", "Event"):
        assert f"<field>{sobject}.Puente_Task_Key__c</field>" in FILES["permissionsets/Puente.permissionset"]
    assert "<members>Activity.Puente_Task_Key__c</members>" in FILES["package.xml"]


def test_package_xml_names_every_component_and_nothing_else() -> None:
    for doorbells in DOORBELLS.values():
        options = PackageOptions("66.0", "es", "Puente_Task_Key__c", doorbells)
        components = build_components(options)
        package = etree.fromstring(build_files(components, "66.0")["package.xml"].encode())
        named = {
            (types.findtext(f"{{{META}}}name"), member.text)
            for types in package.iter(f"{{{META}}}types")
            for member in types.iter(f"{{{META}}}members")
        }
        assert named == {component.key for component in components}
        assert len(named) == len(components)


def test_names_are_those_of_the_packaged_mapping() -> None:
    text = (Path(__file__).parents[3] / "mappings" / "salesforce.yaml").read_text()
    assert [name for name in person_fields() if name not in text] == []
    assert field_name("puente_stage_at") == "Puente_Stage_At__c"


def test_labels_fit_and_fields_granted_never_are_required() -> None:
    for path, text in FILES.items():
        if path.endswith((".object", ".permissionset")):
            root = etree.fromstring(text.encode())
            assert all(len(label.text or "") <= 40 for label in root.iter(f"{{{META}}}label"))
            assert all(flag.text == "false" for flag in root.iter(f"{{{META}}}required"))


def test_every_object_that_rings_has_a_flow_for_its_message_and_spares_our_own_user() -> None:
    for sobject in ("Lead", "Contact", "Task", "Event", "CampaignMember"):
        flow = FILES[f"flows/Puente_{sobject}_Changed.flow"]
        assert f"<actionName>{sobject}.Puente_{sobject}_Changed</actionName>" in flow
        assert "NOT({!$Permission.Puente_Integration})" in flow
        message = FILES[f"workflows/{sobject}.workflow"]
        assert "<endpointUrl>https://hooks.example.com/salesforce/outbound/a&amp;b</endpointUrl>" in message
        assert "<integrationUser>puente@example.com</integrationUser>" in message
    assert "<name>Puente_Integration</name>" in FILES["permissionsets/Puente.permissionset"]


def test_messages_tell_whom_a_task_or_membership_is_about() -> None:
    assert "<fields>WhoId</fields>" in FILES["workflows/Task.workflow"]
    assert "<fields>LeadId</fields>" in FILES["workflows/CampaignMember.workflow"]
    assert "<fields>WhoId</fields>" not in FILES["workflows/Lead.workflow"]


def test_change_events_are_filtered_by_who_committed_and_fit_the_allocation() -> None:
    files = files_for(CDC)
    members = [text for path, text in files.items() if path.startswith("platformEventChannelMembers/")]
    assert len(members) == 5
    for text in members:
        filters = [one.text for one in etree.fromstring(text.encode()).iter(f"{{{META}}}filterExpression")]
        assert filters == ["ChangeEventHeader.commitUser != '005000000000002AAA'"]
    assert "<endpoint>arn:aws:EU-WEST-1:123456789012</endpoint>" in files["namedCredentials/Puente_AWS.namedCredential"]
    assert "<state>STOP</state>" in files["eventRelays/Puente.eventRelay"]


def test_the_record_component_goes_along_without_its_tests() -> None:
    sources = [path for path in FILES if path.startswith("lwc/")]
    assert "lwc/puenteQualification/puenteQualification.js-meta.xml" in sources
    assert not [path for path in sources if "test" in path]


def test_equal_packages_are_equal_bytes() -> None:
    package = zip_package(FILES)
    assert package == zip_package(dict(reversed(FILES.items())))
    assert sorted(zipfile.ZipFile(io.BytesIO(package)).namelist()) == sorted(FILES)


def test_sales_read_every_field_and_write_only_their_answer() -> None:
    root = etree.fromstring(FILES["permissionsets/Puente_Sales.permissionset"].encode())
    granted = {
        grant.findtext(f"{{{META}}}field"): (
            grant.findtext(f"{{{META}}}readable"),
            grant.findtext(f"{{{META}}}editable"),
        )
        for grant in root.iterfind(f"{{{META}}}fieldPermissions")
    }
    assert granted.keys() == {f"{sobject}.{name}" for sobject in ("Contact", "Lead") for name in person_fields()}
    assert {readable for readable, _ in granted.values()} == {"true"}
    editable = {name for name, (_, editable) in granted.items() if editable == "true"}
    assert editable == {
        f"{sobject}.Puente_{answer}__c"
        for sobject in ("Contact", "Lead")
        for answer in ("Sales_Verdict", "Reject_Reason")
    }
    assert root.findall(f"{{{META}}}customPermissions") == []


def test_the_call_that_asks_for_components_is_valid_by_the_vendors_wsdl() -> None:
    wsdl = etree.parse(str(Path(simple_salesforce.__file__).parent / "metadata.wsdl"))
    found = next(one for one in wsdl.iter(f"{XSD}schema") if one.get("targetNamespace") == META)
    whole = etree.XMLSchema(etree.fromstring(etree.tostring(found)))
    envelope = build_retrieval("a&b", {"CustomField": ["Lead.X__c", "Lead.Y__c"], "Flow": ["Z"]}, "66.0")
    root = etree.fromstring(envelope.encode())
    for name in ("retrieve", "SessionHeader"):
        element = next(root.iter(f"{{{META}}}{name}"))
        whole.assertValid(etree.fromstring(etree.tostring(element)))
    assert root.findtext(f".//{{{META}}}sessionId") == "a&b"
    assert [one.text for one in root.iter(f"{{{META}}}members")] == ["Lead.X__c", "Lead.Y__c", "Z"]
