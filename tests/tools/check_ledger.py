#!/usr/bin/env python3
"""check_ledger.py BASE_URL SLUG [--receipt FILE]...

Checks a running server: recomputes root and counts from the published lines, checks the signature of the head with the
published keys, the inclusion proof of every entry (of some hundred in a large ledger), and receipts. Exit 0 when all is true, 1 when not.
"""
import argparse
import json
import sys
import urllib.request

from campaign_check import (Wrong, commitment, entry_line, jws_payload, leaf, path_leads, read_keys, replay, require, root)

MOST_PROOFS = 300


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("base")
    parser.add_argument("slug")
    parser.add_argument("--receipt", action="append", default=[])
    arguments = parser.parse_args()
    ledger = "%s/api/campaigns/%s/ledger" % (arguments.base.rstrip("/"), arguments.slug)
    try:
        keys = read_keys(get(arguments.base.rstrip("/") + "/api/keys"))
        head = json.loads(get(ledger + "/head"))
        leaves, lines = check_head(ledger, arguments.slug, head, keys)
        check_proofs(ledger, head, leaves)
        for file in arguments.receipt:
            with open(file, "rb") as receipt:
                check_receipt(json.loads(receipt.read()), arguments.slug, lines, keys)
    except Wrong as wrong:
        print("FALSE: %s" % wrong)
        return 1
    print("All is true: %d entries, %s, %d receipts." % (head["size"], head["counts"], len(arguments.receipt)))
    return 0


def get(url):
    with urllib.request.urlopen(url, timeout=60) as answer:
        return answer.read()


def check_head(ledger, slug, head, keys):
    payload = jws_payload(head["jws"], keys)
    signed = json.loads(payload)
    require(list(signed) == ["campaign", "size", "root", "sealedAt", "counts"], "The head has other keys, or in another order.")
    require(signed["campaign"] == slug, "The head is of another campaign.")
    require(list(signed["counts"]) == sorted(signed["counts"]) and all(signed["counts"].values()), "The counts are not ordinal, or hold a zero.")
    require(json.dumps(signed, separators=(",", ":")).encode() == payload, "The head is not written as the contract says.")
    for name in ("size", "root", "sealedAt", "counts"):
        require(head[name] == signed[name], "What is served as %s is not what is signed." % name)
    lines = get("%s?from=0&to=%d" % (ledger, head["size"])).split(b"\n")
    require(lines.pop() == b"", "The last line has no end.")
    require(len(lines) == head["size"], "The ledger has %d lines and its head says %d." % (len(lines), head["size"]))
    leaves, counts = replay(lines)
    require(root(leaves).hex() == head["root"], "The lines have another root than the head.")
    require(counts == head["counts"], "The lines count %s and the head %s." % (counts, head["counts"]))
    return leaves, lines


def check_proofs(ledger, head, leaves):
    size = head["size"]
    step = max(1, size // MOST_PROOFS)
    for n in range(0, size, step):
        for tree in {size, n + 1, (n + 1 + size) // 2}:
            proof = json.loads(get("%s/entries/%d/proof?size=%d" % (ledger, n, tree)))
            require((proof["n"], proof["size"]) == (n, tree), "The proof of %d is of something else." % n)
            require(proof["leafHash"] == leaves[n].hex(), "The proof of %d has another leaf." % n)
            require(path_leads(n, tree, leaves[n], [bytes.fromhex(hash_) for hash_ in proof["path"]], root(leaves[:tree])),
                    "The proof of %d does not lead to the root of %d." % (n, tree))


def check_receipt(receipt, slug, lines, keys):
    require(list(receipt) == ["campaign", "n", "key", "textHash", "country", "email", "commitment", "leafHash", "headJws", "proof"],
            "The receipt has other keys, or in another order.")
    require(receipt["campaign"] == slug, "The receipt is of another campaign.")
    require(commitment(receipt) == receipt["commitment"], "The receipt's commitment is not that of its key and address.")
    line = entry_line({"type": "add", **receipt})
    require(lines[receipt["n"]] == line, "The receipt's line is not in the ledger.")
    require(leaf(line).hex() == receipt["leafHash"] == receipt["proof"]["leafHash"], "The receipt's leaf is not that of its line.")
    signed = json.loads(jws_payload(receipt["headJws"], keys))
    proof = receipt["proof"]
    require((signed["campaign"], signed["size"], proof["n"]) == (slug, proof["size"], receipt["n"]), "The receipt's proof is of another head.")
    require(path_leads(receipt["n"], proof["size"], leaf(line), [bytes.fromhex(hash_) for hash_ in proof["path"]], bytes.fromhex(signed["root"])),
            "The receipt's proof does not lead to its head.")


if __name__ == "__main__":
    sys.exit(main())
