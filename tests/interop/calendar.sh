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

source "$here/venv.sh"
venv icalendar "$here/calendar-requirements.txt" 11
export INTERDICT_ICALENDAR_PYTHON=$python
(cd "$project" && cargo test --quiet --package interdict-tests --test calendar -- --nocapture)
echo "icalendar reads the calendar that the client writes: the same dates"
