#!/usr/bin/env bash
# Lets a calendar library by others read the calendar that `interdict due --ics` writes.
#
# INTERDICT_TOOLS  where the library is kept (target/tools)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
tools=${INTERDICT_TOOLS:-${CARGO_TARGET_DIR:-$project/target}/tools}

skip() {
    echo "skipped: $*" >&2
    exit 0
}

list=$(sha256sum "$here/calendar-requirements.txt" | cut -c 1-12)
venv=$tools/icalendar-$list
if [ ! -e "$venv/complete" ]; then
    command -v python3 >/dev/null || skip "no python3"
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || skip "python3 is older than 3.11"
    mkdir -p "$tools"
    rm -rf "$venv"
    log=$tools/icalendar.log
    python3 -m venv "$venv" >"$log" 2>&1 || skip "no virtual environment can be made: see $log"
    if ! "$venv/bin/pip" install --disable-pip-version-check --no-input --require-hashes --only-binary :all: \
        --requirement "$here/calendar-requirements.txt" >"$log" 2>&1; then
        # Another file under a known name is no reason to skip.
        ! grep -q 'DO NOT MATCH THE HASHES' "$log" || { cat "$log" >&2; exit 1; }
        skip "icalendar cannot be had from the package index: see $log"
    fi
    touch "$venv/complete"
fi
export INTERDICT_ICALENDAR_PYTHON=$venv/bin/python
(cd "$project" && cargo test --quiet --package interdict-tests --test calendar -- --nocapture)
echo "icalendar reads the calendar that the client writes: the same dates"
