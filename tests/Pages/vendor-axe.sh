#!/bin/sh
# Fetches axe-core, the accessibility checker the page tests run, and lays it beside this script with its licence (MPL 2.0).
# Run it to move to another version; the tests themselves never fetch anything.
set -eu
version=4.14.1
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm pack --silent --pack-destination "$work" "axe-core@$version" >/dev/null
tar -xzf "$work/axe-core-$version.tgz" -C "$work"
cp "$work/package/axe.min.js" axe.min.js
cp "$work/package/LICENSE" axe.LICENSE
cp "$work/package/LICENSE-3RD-PARTY.txt" axe.LICENSE-3RD-PARTY
