"""Makes the data files of the product and of its tests from the Unicode Character Database and the root zone.

    python3 tests/tools/unicode_data.py UCD-FOLDER [ROOT-ZONE-FILE]

UCD-FOLDER has the files of one version, for example /usr/share/unicode of Debian's package unicode-data.
ROOT-ZONE-FILE is IANA's tlds-alpha-by-domain.txt. To take a newer version, run this on its files, build, and run
the tests of names and of the bidirectional algorithm.
"""

import gzip
import re
import sys
from pathlib import Path

root = Path(__file__).resolve().parents[2]
bidi_names = {
    "Left_To_Right": "L", "Right_To_Left": "R", "Arabic_Letter": "AL", "European_Terminator": "ET",
}


def rows(path):
    for line in path.read_text(encoding="utf-8").splitlines():
        line = line.split("#")[0]
        if line.strip():
            fields = [field.strip() for field in line.split(";")]
            first, _, last = fields[0].partition("..")
            yield int(first, 16), int(last or first, 16), fields[1:]


def ranges(values):
    """Joins neighbours with the same value into (first, last, value)."""
    joined = []
    for code in sorted(values):
        if joined and joined[-1][1] == code - 1 and joined[-1][2] == values[code]:
            joined[-1][1] = code
        else:
            joined.append([code, code, values[code]])
    return joined


def head(version, what):
    return [
        f"# {what}",
        f"# From the Unicode Character Database {version}, made by tests/tools/unicode_data.py.",
        "# Copyright 1991-2022 Unicode, Inc. Licence: docs/licences/Unicode-3.0.txt",
    ]


def write(path, lines):
    (root / path).write_text("\n".join(lines) + "\n", encoding="utf-8")


def characters(ucd, version):
    found = {}

    def add(first, last, letter):
        for code in range(first, last + 1):
            found[code] = found.get(code, "") + letter

    for first, last, fields in rows(ucd / "DerivedCoreProperties.txt"):
        if fields[0] == "Default_Ignorable_Code_Point":
            add(first, last, "I")
    for first, last, fields in rows(ucd / "PropList.txt"):
        if fields[0] == "Variation_Selector":
            add(first, last, "V")
    for first, last, fields in rows(ucd / "extracted/DerivedJoiningType.txt"):
        if fields[0] in "DLR":
            add(first, last, "J")
    for first, last, fields in rows(ucd / "extracted/DerivedCombiningClass.txt"):
        if fields[0] == "9":
            add(first, last, "H")
    for first, last, fields in rows(ucd / "emoji/emoji-data.txt"):
        if fields[0] in ("Extended_Pictographic", "Emoji_Modifier"):
            add(first, last, "P")
    lines = head(version, "First and last code point, and properties: I Default_Ignorable_Code_Point,")
    lines[1:1] = [
        "# V Variation_Selector, J Joining_Type D, L or R, H Canonical_Combining_Class 9 (virama),",
        "# P Extended_Pictographic or Emoji_Modifier.",
    ]
    write("domain/Signatures/Characters.tsv", lines + [f"{a:04X}\t{b:04X}\t{v}" for a, b, v in ranges(found)])


def bidi(ucd, version):
    source = ucd / "extracted/DerivedBidiClass.txt"
    classes = {}
    for missing in re.finditer(r"^# @missing: (\w+)\.\.(\w+); (\w+)", source.read_text(encoding="utf-8"), re.M):
        for code in range(int(missing[1], 16), int(missing[2], 16) + 1):
            classes[code] = bidi_names[missing[3]]
    for first, last, fields in rows(source):
        for code in range(first, last + 1):
            classes[code] = fields[0]
    classes = {code: value for code, value in classes.items() if value != "L"}
    lines = head(version, "First and last code point and Bidi_Class; code points that are not listed are L.")
    write("worker/Packets/Pdf/BidiClasses.tsv", lines + [f"{a:04X}\t{b:04X}\t{v}" for a, b, v in ranges(classes)])
    pairs = [f"{code:04X}\t{fields[0]}\t{fields[1]}" for code, _, fields in rows(ucd / "BidiBrackets.txt")]
    lines = head(version, "Code point, Bidi_Paired_Bracket, and Bidi_Paired_Bracket_Type (o opens, c closes).")
    write("worker/Packets/Pdf/BidiBrackets.tsv", lines + pairs)
    folder = root / "tests/Unit/Packets/Unicode"
    folder.mkdir(exist_ok=True)
    for name in ("BidiTest.txt", "BidiCharacterTest.txt"):
        (folder / (name + ".gz")).write_bytes(gzip.compress((ucd / name).read_bytes(), 9, mtime=0))


def root_zone(path):
    version, *names = path.read_text(encoding="ascii").split("\n")
    lines = [
        "# The top-level domains of the root zone, as IANA publishes them (tlds-alpha-by-domain.txt).",
        version,
        "# Made by tests/tools/unicode_data.py.",
    ]
    write("domain/Signatures/RootZone.txt", lines + [name.lower() for name in names if name.strip()])


folder = Path(sys.argv[1])
ucd_version = re.search(r"-(\d+\.\d+\.\d+)\.txt", (folder / "DerivedCoreProperties.txt").read_text(encoding="utf-8"))[1]
characters(folder, ucd_version)
bidi(folder, ucd_version)
if len(sys.argv) > 2:
    root_zone(Path(sys.argv[2]))
