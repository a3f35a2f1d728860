#!/usr/bin/env bash
# Lets TUF software by others read what we publish, and our client what they publish.
#
# INTERDICT_TOOLS      where the other programs are kept (target/tools)
# INTERDICT_PUBLISHER  our publisher, if it is built already
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
target=${CARGO_TARGET_DIR:-$project/target}
tools=${INTERDICT_TOOLS:-$target/tools}

skip() {
    echo "skipped: $*" >&2
    exit 0
}

# A virtual environment for each list of requirements: another list makes another one.
list=$(sha256sum "$here/requirements.txt" | cut -c 1-12)
venv=$tools/python-tuf-$list
if [ ! -e "$venv/complete" ]; then
    command -v python3 >/dev/null || skip "no python3"
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' || skip "python3 is older than 3.10"
    mkdir -p "$tools"
    rm -rf "$venv"
    log=$tools/python-tuf.log
    python3 -m venv "$venv" >"$log" 2>&1 || skip "no virtual environment can be made: see $log"
    if ! "$venv/bin/pip" install --disable-pip-version-check --no-input --require-hashes --only-binary :all: \
        --requirement "$here/requirements.txt" >"$log" 2>&1; then
        # Another file under a known name is no reason to skip.
        ! grep -q 'DO NOT MATCH THE HASHES' "$log" || { cat "$log" >&2; exit 1; }
        skip "python-tuf cannot be had from the package index: see $log"
    fi
    touch "$venv/complete"
fi
python=$venv/bin/python

publisher=${INTERDICT_PUBLISHER:-}
if [ -z "$publisher" ]; then
    (cd "$project" && cargo build --quiet --package interdict-publisher)
    publisher=$target/debug/interdict-publisher
fi

work=$(mktemp -d)
server=
cleanup() {
    [ -z "$server" ] || { kill "$server" && wait "$server" || true; }
    rm -rf "$work"
}
trap cleanup EXIT
cd "$work"

quietly() {
    "$@" >>log 2>&1 || { cat log >&2; echo "failed: $*" >&2; exit 1; }
}

for name in root-1 root-2 targets-1 targets-2 snapshot timestamp officer-1 officer-2 officer-3; do
    quietly "$publisher" key new "$name.key" --label "$name" --unencrypted
done
quietly "$publisher" init repo --root-key root-1.key --root-key root-2.key \
    --targets-key targets-1.key --targets-key targets-2.key --snapshot-key snapshot.key --timestamp-key timestamp.key \
    --issuer dhs --issuer-name "Department of Homeland Security" --prefix BOD --prefix ED \
    --officer officer-1.key --officer officer-2.key --officer officer-3.key --threshold 2
cp repo/public/metadata/1.root.json pinned.root.json
cp "$project/docs/examples/directives/bod-17-01.draft.jsonc" .
quietly "$publisher" sign bod-17-01.draft.jsonc --key officer-1.key --repo repo --yes --output BOD-17-01.1.envelope.json
quietly "$publisher" sign BOD-17-01.1.envelope.json --key officer-2.key --repo repo --yes
quietly "$publisher" publish BOD-17-01.1.envelope.json --repo repo

"$publisher" serve --repo repo --listen 127.0.0.1:0 >address 2>access-log &
server=$!
for _ in $(seq 100); do
    [ ! -s address ] || break
    kill -0 "$server" 2>/dev/null || { cat access-log >&2; server=; exit 1; }
    sleep 0.1
done
url=$(grep -o 'http://[^ ]*' address)

reads() {
    "$python" "$here/python_tuf_reads_ours.py" --url "$url" --root pinned.root.json --cache cache \
        --published repo/public/targets --must-have BOD-17-01.1.json "$@"
}
reads --timestamp 2 --requests 'root timestamp snapshot targets target*'
reads --timestamp 2 --requests 'root timestamp'
quietly "$publisher" refresh --repo repo
reads --timestamp 3 --requests 'root timestamp'
quietly "$publisher" refresh --repo repo --snapshot
reads --timestamp 4 --requests 'root timestamp snapshot'
echo "python-tuf reads what we publish: the same bytes, cold and warm, before and after a refresh"

"$python" "$here/python_tuf_writes.py" theirs
export INTERDICT_PYTHON_TUF=$work/theirs
if command -v openssl >/dev/null; then
    "$python" "$here/python_tuf_delegates.py" delegated
    export INTERDICT_PYTHON_TUF_DELEGATED=$work/delegated
else
    echo "skipped: no openssl to make ECDSA and RSA keys with" >&2
fi
(cd "$project" && cargo test --quiet --package interdict-tests --test python_tuf)
echo "our client refreshes what python-tuf writes"
