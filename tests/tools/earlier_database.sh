#!/usr/bin/env bash
# Makes a database by an earlier commit's own program, for tests/EndToEnd/UpgradeTests.cs.
# usage: tests/tools/earlier_database.sh COMMIT
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/source" "$work/data"
git archive "$1" | tar -x -C "$work/source"
dotnet build "$work/source/api" -v q -p:RunAnalyzers=false -p:TreatWarningsAsErrors=false
(cd "$work/source" && dotnet api/bin/Debug/net10.0/Campaigns.Api.dll demo --signatures 12 \
  "--Data:Directory=$work/data" "--Keys:Directory=$work/data/keys")
cp "$work/data/demo/ledger.ndjson" "$work/data/"
newest=$(sqlite3 "$work/data/campaign.db" 'SELECT max(substr(name, 1, 4)) FROM migrations')
file="$PWD/tests/EndToEnd/earlier/$newest.zip"
rm -f "$file"
cd "$work/data"
zip -9 -q -X "$file" campaign.db journal.jsonl ledger.ndjson keys/*.key
# Earlier programs had no such file.
[ ! -e installation ] || zip -9 -q -X "$file" installation
ls -l "$file"
