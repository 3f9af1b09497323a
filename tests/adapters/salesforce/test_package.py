"""Hold the package we deploy against the vendor's own schema, which simple-salesforce carries."""

from __future__ import annotations

import copy
import io
import zipfile
from pathlib import Path

import pytest
import simple_salesforce
from lxml import etree

from adapters.salesforce.package import build_package, field_name, person_fields, zip_package
from connector.domain.mapping import OWN_NAMES
from connector.own_fields import PERSON_FIELDS

XSD, META = "{http://www.w3.org/2001/XMLSchema}", "http://soap.sforce.com/2006/04/metadata"
FILES = build_package("66.0", "es", OWN_NAMES["salesforce"][2])


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    wsdl = etree.parse(str(Path(simple_salesforce.__file__).parent / "metadata.wsdl"))
    found = next(one for one in wsdl.iter(f"{XSD}schema") if one.get("targetNamespace") == META)
    root = copy.deepcopy(found)
    for kind in ("CustomObject", "PermissionSet", "Package"):
        root.append(etree.Element(f"{XSD}element", name=kind, type=f"tns:{kind}"))
    etree.cleanup_namespaces(root, top_nsmap={"tns": META, "xsd": XSD[1:-1]}, keep_ns_prefixes=["tns", "xsd"])
    return etree.XMLSchema(etree.fromstring(etree.tostring(root)))


@pytest.mark.parametrize("path", sorted(FILES))
@pytest.mark.parametrize("locale", ["es", "en"])
def test_every_file_is_valid_metadata(path: str, locale: str, schema: etree.XMLSchema) -> None:
    text = build_package("66.0", "es" if locale == "es" else "en", OWN_NAMES["salesforce"][2])[path]
    schema.assertValid(etree.fromstring(text.encode()))


def test_the_schema_refuses_what_is_wrong(schema: etree.XMLSchema) -> None:
    broken = FILES["objects/Lead.object"].replace("<label>", "<lable>").replace("</label>", "</lable>")
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


def test_names_are_those_of_the_packaged_mapping() -> None:
    text = (Path(__file__).parents[3] / "mappings" / "salesforce.yaml").read_text()
    assert [name for name in person_fields() if name not in text] == []
    assert field_name("puente_stage_at") == "Puente_Stage_At__c"


def test_labels_fit_and_fields_granted_never_are_required() -> None:
    for text in FILES.values():
        root = etree.fromstring(text.encode())
        assert all(len(label.text or "") <= 40 for label in root.iter(f"{{{META}}}label"))
        assert all(flag.text == "false" for flag in root.iter(f"{{{META}}}required"))


def test_equal_packages_are_equal_bytes() -> None:
    package = zip_package(FILES)
    assert package == zip_package(dict(reversed(FILES.items())))
    assert sorted(zipfile.ZipFile(io.BytesIO(package)).namelist()) == sorted(FILES)
