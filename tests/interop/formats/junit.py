"""Validates JUnit reports against the schema of Jenkins' xUnit plug-in, which pytest carries among its tests: `junit.py XSD FOLDER`."""

import pathlib
import sys
from xml.etree import ElementTree

import xmlschema

schema = xmlschema.XMLSchema(sys.argv[1])
files = sorted(pathlib.Path(sys.argv[2]).glob("*.xml"))
assert files, "no reports"
for file in files:
    document = ElementTree.parse(file)
    schema.validate(document)
    for suites in document.getroot(), *document.getroot():
        # What is counted is what is there.
        for element, attribute in ("testcase", "tests"), ("failure", "failures"), ("error", "errors"), ("skipped", "skipped"):
            if attribute in suites.attrib:
                assert int(suites.get(attribute)) == len(suites.findall(f".//{element}")), (file, attribute)
    del document.getroot()[0].attrib["tests"]
    assert not schema.is_valid(document), "a spoiled report is accepted"
print(f"JUnit: {len(files)} reports are valid, and spoiled they are not")
