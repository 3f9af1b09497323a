"""What the sandbox accepts as metadata is valid by Salesforce's own schema, which comes with simple-salesforce.

Its WSDL describes the types; an element is added for each kind of file, so that files can be validated one by one.
"""

from __future__ import annotations

import io
import zipfile
from functools import cache
from pathlib import Path

import pytest
import simple_salesforce
from lxml import etree  # type: ignore[import-untyped]

from .packages import KEY, STAGE, members, objects, permission_set, whole_package
from .packages import manifest as package_xml

XSD = "{http://www.w3.org/2001/XMLSchema}"
KINDS = ("CustomObject", "PermissionSet", "Package")


@cache
def schema() -> etree.XMLSchema:
    wsdl = etree.parse(str(Path(simple_salesforce.__file__).with_name("metadata.wsdl")))
    found = next(wsdl.iter(f"{XSD}schema"))
    for kind in KINDS:
        etree.SubElement(found, f"{XSD}element", {"name": kind, "type": f"tns:{kind}"})
    return etree.XMLSchema(etree.fromstring(etree.tostring(found)))


def problems(text: str) -> list[str]:
    validator = schema()
    validator.validate(etree.fromstring(text.encode()))
    return [str(one.message) for one in validator.error_log]


def test_the_package_of_the_tests_is_valid() -> None:
    with zipfile.ZipFile(io.BytesIO(whole_package())) as archive:
        for name in archive.namelist():
            assert problems(archive.read(name).decode()) == [], name


@pytest.mark.parametrize(
    "text",
    [
        objects(STAGE.replace("<label>Stage</label>", "<label>Stage</label><colour>red</colour>")),
        objects(KEY.replace("<type>Text</type>", "<type>Foo</type>")),
        permission_set("Lead.X__c").replace("<editable>", "<edit>").replace("</editable>", "</edit>"),
        package_xml(members("CustomField", "Lead.X__c")).replace("types>", "kinds>"),
    ],
)
def test_what_the_schema_refuses_is_seen(text: str) -> None:
    assert problems(text)
