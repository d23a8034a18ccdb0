#!/usr/bin/env python3
"""check_packet.py PACKET.zip [--keys FILE] [--ledger FILE]

Checks a packet as `verify` does, in another language. Exit 0 when all was checked and is true, 1 when something is false, 2 when something
could not be checked.
"""
import argparse
import base64
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
import zipfile

from campaign_check import Wrong, base64url, jws_payload, read_keys, replay, require, root

ORDER = ["packet", "campaign", "texts", "recipient", "countries", "disclosure", "disclosureAsked", "cutOff", "counts", "files", "createdAt",
         "renderer"]
CONTAINER = {"mimetype", "META-INF/ASiCManifest001.xml", "META-INF/signature001.p7s"}
LEVELS = ["count", "initials", "name"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("packet")
    parser.add_argument("--keys")
    parser.add_argument("--ledger")
    arguments = parser.parse_args()
    unchecked = []
    try:
        with zipfile.ZipFile(arguments.packet) as packet:
            names = [entry.filename for entry in packet.infolist()]
            require(len(names) == len(set(names)), "A name is in the ZIP twice.")
            require({"manifest.json", "manifest.jws"} <= set(names), "There is no manifest.")
            manifest_bytes = packet.read("manifest.json")
            manifest = json.loads(manifest_bytes)
            jws = packet.read("manifest.jws").decode().strip()
            require(base64url(jws.split(".")[1]) == manifest_bytes, "The JWS signs another manifest.")
            if arguments.keys:
                with open(arguments.keys, "rb") as keys:
                    jws_payload(jws, read_keys(keys.read()))
            else:
                unchecked.append("signature")
            check_files(packet, manifest, set(names) - {"manifest.json", "manifest.jws"} - CONTAINER)
            check_container(packet, set(names))
        check_sums(manifest)
        if arguments.ledger:
            with open(arguments.ledger, "rb") as ledger:
                check_ledger(manifest, ledger.read().split(b"\n")[:-1])
        else:
            unchecked.append("ledger")
    except (Wrong, zipfile.BadZipFile, KeyError) as wrong:
        print("FALSE: %s" % wrong)
        return 1
    print("All is true." if not unchecked else "Nothing is false; not checked: %s." % ", ".join(unchecked))
    return 2 if unchecked else 0


def check_files(packet, manifest, names):
    at = ORDER.index("counts")
    supplement = ["supplementTo", "since"] if "since" in manifest else []
    order = ORDER[:at] + supplement + (["audit"] if "audit" in manifest else []) + ORDER[at:]
    require(list(manifest) == order, "The manifest has other keys, or in another order.")
    require({file["name"] for file in manifest["files"]} == names and len(manifest["files"]) == len(names), "The files are not those listed.")
    for file in manifest["files"]:
        digest, size = hashlib.sha256(), 0
        with packet.open(file["name"]) as contents:
            for chunk in iter(lambda: contents.read(1 << 16), b""):
                digest.update(chunk)
                size += len(chunk)
                require(size <= file["bytes"], "%s is longer than listed." % file["name"])
        require((size, digest.hexdigest()) == (file["bytes"], file["sha256"]), "%s is not what is listed." % file["name"])


def check_container(packet, names):
    require(CONTAINER <= names, "There is no container.")
    require(packet.read("mimetype") == b"application/vnd.etsi.asic-e+zip", "The container is of another type.")
    listing = packet.read("META-INF/ASiCManifest001.xml")
    listed = {}
    for file in xml.fromstring(listing).iter("{http://uri.etsi.org/02918/v1.2.1#}DataObjectReference"):
        listed[file.get("URI")] = base64.b64decode(file.findtext("{http://www.w3.org/2000/09/xmldsig#}DigestValue"))
    require(set(listed) == names - CONTAINER, "The container lists other files.")
    for name, digest in listed.items():
        require(hashlib.sha256(packet.read(name)).digest() == digest, "%s is not what the container lists." % name)
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (("list", listing), ("signature", packet.read("META-INF/signature001.p7s"))):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(content)
        said = subprocess.run(["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "signature", "-content", "list", "-noverify",
                               "-out", os.devnull], cwd=folder, capture_output=True)
        require(said.returncode == 0, "The signature of the container does not hold.")


def check_sums(manifest):
    require(sorted(manifest["counts"]) == sorted(manifest["countries"]), "The countries counted are not those of the packet.")
    require(LEVELS.index(manifest["disclosure"]) <= LEVELS.index(manifest["disclosureAsked"]), "More is disclosed than was asked for.")
    for country, counts in manifest["counts"].items():
        require(list(counts) == ["confirmed", "name", "initials", "count", "removedSince"], "%s is counted otherwise." % country)
        require(counts["name"] + counts["initials"] + counts["count"] + counts["removedSince"] == counts["confirmed"], "%s does not add up." % country)
        for level, shown in enumerate(LEVELS):
            require(level <= LEVELS.index(manifest["disclosure"]) or counts[shown] == 0, "%s discloses too much." % country)
    confirmed = sum(counts["confirmed"] for counts in manifest["counts"].values())
    require(sum(text["confirmed"] for text in manifest["texts"]) == confirmed, "The texts do not add up to the countries.")


def check_ledger(manifest, lines):
    size = manifest["cutOff"]["size"]
    require(len(lines) >= size, "The ledger ends before the cut-off.")
    leaves, counts = replay(lines[:size])
    require(root(leaves).hex() == manifest["cutOff"]["root"], "The ledger has another root at the cut-off.")
    if "since" in manifest:
        since = manifest["since"]
        require(since["size"] < size, "The supplement is not after the packet that it supplements.")
        require(root(leaves[:since["size"]]).hex() == since["root"], "The ledger has another root at the earlier cut-off.")
        counts = counts_since(lines[:size], since["size"])
    for country in manifest["countries"]:
        require(counts.get(country, 0) == manifest["counts"][country]["confirmed"], "The ledger counts %s otherwise." % country)


def counts_since(lines, first):
    """Counts by country of the entries from the first on."""
    counts = {}
    for entry in map(json.loads, lines):
        if entry.get("of", entry["n"]) >= first:
            counts[entry["country"]] = counts.get(entry["country"], 0) + (1 if entry["type"] == "add" else -1)
    return counts


if __name__ == "__main__":
    sys.exit(main())
