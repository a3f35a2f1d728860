#!/usr/bin/env bash
# A large CycloneDX document, checked, beside the least that reading it takes and beside what people use, in one run. Prints the
# lines of the table in docs/performance.md: what was found, seconds of processor time as a whole process, megabytes of the
# document for each of them, the clock, and the most memory held.
#
#   tests/benches/inventories.sh [MEGABYTES [ROUNDS]]     megabytes of the document (100), rounds that alternate (3)
#
# cyclonedx-python-lib comes from PyPI into target/tools; it and jq are left out where they cannot be had. INTERDICT_BUILT is the
# folder of our programs, if they are built already; INTERDICT_RULES the number of rules (10000), each a range of a package of Debian.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
target=${CARGO_TARGET_DIR:-$project/target}
megabytes=${1:-100} rounds=${2:-3}
command -v python3 >/dev/null || { echo "skipped: no python3" >&2; exit 0; }

programs=${INTERDICT_BUILT:-}
if [ -z "$programs" ]; then
    (cd "$project" && cargo build --quiet --release -p interdict-client -p interdict-tests --bin interdict --bin matching-inputs \
        --bin pass-over)
    programs=$target/release
fi
python=$target/tools/matching/bin/python
if ! "$python" -c 'import cyclonedx' 2>/dev/null; then
    mkdir -p "$target/tools"
    { python3 -m venv "${python%/bin/python}" && "${python%/python}/pip" install --quiet cyclonedx-python-lib; } >&2 ||
        echo "left out: cyclonedx-python-lib cannot be installed" >&2
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

interdict() { "$programs/interdict" --allow-example-keys --config "$work/config.toml" --state "$work/state" "$@"; }
# A row. Other exits than these fail. `size` is the document's in bytes, 0 where there is none.
measure() { # NAME EXIT_CODES COMMAND…
    python3 -c '
import os, sys, tempfile, time
size, name, codes, *command = sys.argv[1:]
with tempfile.TemporaryFile() as out:
    start = time.perf_counter()
    _, status, used = os.wait4(os.posix_spawnp(command[0], command, os.environ,
        file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1)]), 0)
    wall = time.perf_counter() - start
    out.seek(0)
    words = out.read().decode(errors="replace").strip().splitlines()
if str(os.waitstatus_to_exitcode(status)) not in codes.split(","):
    sys.exit(f"ended with {status}: {command}")
last = next((line for line in reversed(words) if " match, " in line), words[-1] if words else "")
cpu = used.ru_utime + used.ru_stime
print(f"| {name} | {last[:70]} | {cpu:.3f} | {int(size) / 1e6 / cpu:.0f} | {wall:.3f} | {used.ru_maxrss / 1024:.0f} MiB |", flush=True)
' "$size" "$@"
}

size=0
"$programs/matching-inputs" "$work" "${INTERDICT_RULES:-10000}" 1000 1000
interdict setup "$work/repository" >log
root=$work/repository/metadata/1.root.json
found=$(interdict trust "$root" 2>&1 </dev/null | grep -o 'sha256:[0-9a-f]*' | head -1 || true)
interdict trust "$root" --fingerprint "$found" >>log 2>&1
interdict sync >>log 2>&1
python3 "$here/inventory_inputs.py" "$megabytes" 0 line.cdx.json
python3 "$here/inventory_inputs.py" "$megabytes" 2 indented.cdx.json
ours=("$programs/interdict" --allow-example-keys --config "$work/config.toml" --state "$work/state" check --as-of=2017-10-01)

echo "load $(cut -d' ' -f1-3 /proc/loadavg)"
echo "| what | found | CPU s | MB a second | wall s | peak |"
echo "|---|---|---|---|---|---|"
for _ in $(seq "$rounds"); do
    size=0
    measure "interdict check, 900 packages: the rules alone" 0,1 "${ours[@]}" --type dpkg "$work/status"
    for document in line indented; do
        size=$(stat -c %s $document.cdx.json)
        measure "wc -c, all read, $document" 0 sh -c "cat $document.cdx.json | wc -c"
        measure "floor: serde_json passes over it, $document" 0 "$programs/pass-over" $document.cdx.json
        measure "interdict check, $document" 0,1 "${ours[@]}" $document.cdx.json
    done
done
size=$(stat -c %s line.cdx.json)
if command -v jq >/dev/null; then
    measure "jq, the package URLs, line" 0 jq -r '[.. | .purl? // empty] | length' line.cdx.json
fi
measure "python3, json alone, line" 0 python3 -c 'import json; print(len(json.load(open("line.cdx.json"))["components"]))'
if "$python" -c 'import cyclonedx' 2>/dev/null; then
    measure "cyclonedx-python-lib, line" 0 "$python" -c '
import json
from cyclonedx.model.bom import Bom
print(len(Bom.from_json(json.load(open("line.cdx.json"))).components))'
fi
