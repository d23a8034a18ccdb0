#!/usr/bin/env python3
"""read_workbook.py FILE.xlsx

Prints what a spreadsheet shows of a workbook, as JSON: a list of sheets with name, frozen rows and rows of cells. A cell is a number, a text,
or a date as {"date": "2019-05-17"}. Fails where the package is not as ECMA-376 says, or where a cell is a formula.
"""
import datetime
import json
import posixpath
import re
import sys
import zipfile
import xml.etree.ElementTree as xml

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"


def main():
    with zipfile.ZipFile(sys.argv[1]) as package:
        assert package.testzip() is None
        types = xml.fromstring(package.read("[Content_Types].xml"))
        overrides = {part.get("PartName") for part in types.iter(TYPES + "Override")}
        defaults = {part.get("Extension") for part in types.iter(TYPES + "Default")}
        for name in package.namelist():
            assert name == "[Content_Types].xml" or "/" + name in overrides or name.rsplit(".", 1)[1] in defaults, name
        assert overrides <= {"/" + name for name in package.namelist()}
        (book,) = [path for kind, path in related(package, "") if kind.endswith("/officeDocument")]
        targets = {key: path for key, path in related(package, book, by="Id")}
        (styles,) = [path for kind, path in related(package, book) if kind.endswith("/styles")]
        dates = date_formats(xml.fromstring(package.read(styles)))
        sheets = []
        for sheet in xml.fromstring(package.read(book)).iter(MAIN + "sheet"):
            root = xml.fromstring(package.read(targets[sheet.get(RELATIONS + "id")]))
            assert [child.tag for child in root] == [MAIN + tag for tag in ("sheetViews", "cols", "sheetData")]
            pane = root.find(f"{MAIN}sheetViews/{MAIN}sheetView/{MAIN}pane")
            frozen = int(pane.get("ySplit")) if pane is not None and pane.get("state") == "frozen" else 0
            rows = [[cell(one, dates) for one in row] for row in root.iter(MAIN + "row")]
            sheets.append({"name": sheet.get("name"), "frozen": frozen, "rows": rows})
        print(json.dumps(sheets))


def related(package, part, by="Type"):
    folder, name = posixpath.split(part)
    relations = xml.fromstring(package.read(posixpath.join(folder, "_rels", name + ".rels")))
    return [(one.get(by), posixpath.join(folder, one.get("Target"))) for one in relations.iter(PACKAGE + "Relationship")]


def date_formats(styles):
    own = {one.get("numFmtId") for one in styles.iter(MAIN + "numFmt") if "yyyy" in one.get("formatCode")}
    return {str(at) for at, one in enumerate(styles.find(MAIN + "cellXfs")) if one.get("numFmtId") in own}


def cell(one, dates):
    assert one.find(MAIN + "f") is None, "a formula"
    if one.get("t") == "inlineStr":
        text = "".join(part.text or "" for part in one.iter(MAIN + "t"))
        return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)
    value = one.find(MAIN + "v")
    if value is None:
        return ""
    if one.get("s") in dates:
        return {"date": str(datetime.date(1899, 12, 30) + datetime.timedelta(int(value.text)))}
    return int(value.text)


if __name__ == "__main__":
    main()
