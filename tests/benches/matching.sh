#!/usr/bin/env bash
# Matching inventories with range rules, beside what people use for it, in one run. Prints the lines of the tables in
# docs/performance.md: rows, what was found, seconds of processor time as a whole process and the most memory held.
#
#   tests/benches/matching.sh [ROWS…]     rows of the tables (1000000); 20000000 needs 6 GB of memory
#
# univers with packageurl-python and DuckDB come from PyPI, oscap from the distribution's packages, into target/tools; what cannot
# be had is said and left out. INTERDICT_BUILT is the folder of our programs, if they are built already; INTERDICT_RULES the
# number of rules (10000), INTERDICT_MEMORY are those with which memory is measured (100 1000 10000 100000).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
target=${CARGO_TARGET_DIR:-$project/target}
tools=$target/tools
rules=${INTERDICT_RULES:-10000}
sizes=("$@")
[ ${#sizes[@]} -gt 0 ] || sizes=(1000000)
command -v python3 >/dev/null || { echo "skipped: no python3" >&2; exit 0; }

programs=${INTERDICT_BUILT:-}
if [ -z "$programs" ]; then
    (cd "$project" && cargo build --quiet --release -p interdict-client -p interdict-tests --bin interdict --bin matching-inputs)
    programs=$target/release
fi

python=$tools/matching/bin/python
if ! "$python" -c 'import univers, packageurl, duckdb' 2>/dev/null; then
    mkdir -p "$tools"
    { python3 -m venv "$tools/matching" && "$tools/matching/bin/pip" install --quiet univers packageurl-python duckdb; } >&2 ||
        echo "left out: univers, packageurl-python and duckdb cannot be installed" >&2
fi
oscap=$(command -v oscap || echo "$tools/oscap/usr/bin/oscap")
if [ ! -x "$oscap" ]; then
    mkdir -p "$tools/oscap"
    (cd "$tools/oscap" && apt-get download -q openscap-scanner openscap-common libopenscap25 libxmlsec1 libxmlsec1-openssl \
        libopendbx1 libpcre3 libpopt0 librpm9 librpmio9 liblua5.3-0 libsqlite3-0 &&
        for package in *.deb; do dpkg -x "$package" .; done) >/dev/null 2>&1 || true
fi
libraries=$tools/oscap/usr/lib:$tools/oscap/usr/lib/x86_64-linux-gnu:$tools/oscap/lib/x86_64-linux-gnu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

interdict() { "$programs/interdict" --allow-example-keys --config "$work/config.toml" --state "$work/state" "$@"; }
# A row: processor seconds, wall seconds and peak of a whole process, and the last words that it wrote. Other exits than these fail.
measure() { # NAME EXIT_CODES COMMAND…
    python3 -c '
import os, sys, tempfile, time
name, codes, *command = sys.argv[1:]
with tempfile.TemporaryFile() as out:
    start = time.perf_counter()
    _, status, used = os.wait4(os.posix_spawn(command[0], command, os.environ,
        file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1)]), 0)
    wall = time.perf_counter() - start
    out.seek(0)
    words = out.read().decode(errors="replace").strip().splitlines()
if str(os.waitstatus_to_exitcode(status)) not in codes.split(","):
    sys.exit(f"ended with {status}: {command}")
last = next((line for line in reversed(words) if " match, " in line), words[-1] if words else "")
cpu = used.ru_utime + used.ru_stime
print(f"| {name} | {last[:70]} | {cpu:.3f} | {wall:.3f} | {used.ru_maxrss / 1024:.0f} MiB |", flush=True)
' "$@"
}

prepare() { # ROWS DIFFERENT
    rm -rf "$work"/*
    "$programs/matching-inputs" "$work" "$rules" "$1" "$2"
    interdict setup "$work/repository" >"$work/log"
    local root=$work/repository/metadata/1.root.json found
    found=$(interdict trust "$root" 2>&1 </dev/null | grep -o 'sha256:[0-9a-f]*' | head -1 || true)
    interdict trust "$root" --fingerprint "$found" >>"$work/log" 2>&1
    interdict sync >>"$work/log" 2>&1
}
ours=("$programs/interdict" --allow-example-keys --config "$work/config.toml" --state "$work/state" check --as-of=2017-10-01)

echo "| what | found | CPU s | wall s | peak |"
echo "|---|---|---|---|---|"
prepare 1000 1000
for _ in 1 2 3; do
    measure "interdict check, 900 packages, $rules rules" 0,1 "${ours[@]}" --type dpkg "$work/status"
done
if [ -x "$oscap" ]; then
    # Its probe asks libapt, which is told where these packages stand, and that there is nothing else.
    mkdir -p "$work/lists/partial"
    cat >"$work/apt.conf" <<END
Dir::State::status "$work/status";
Dir::State::lists "$work/lists";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "/dev/null";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
END
    schemas=$tools/oscap/usr/share/openscap/schemas
    [ -d "$schemas" ] || schemas=/usr/share/openscap/schemas
    found() { APT_CONFIG=$work/apt.conf OSCAP_SCHEMA_PATH=$schemas LD_LIBRARY_PATH=$libraries "$@"; }
    found "$oscap" oval eval "$work/oval.xml" 2>/dev/null | grep -c ': true$' >&2 || true
    found measure "oscap oval eval, 900 packages, its part of the rules" 0 "$oscap" oval eval "$work/oval.xml" ||
        echo "left out: oscap does not run" >&2
fi
for count in ${INTERDICT_MEMORY:-100 1000 10000 100000}; do
    (rules=$count && prepare 1000 1000)
    measure "interdict check, 900 packages, $count rules" 0,1 "${ours[@]}" --type dpkg "$work/status"
done
for rows in "${sizes[@]}"; do
    for different in 10000 "$rows"; do
        prepare "$rows" "$different"
        measure "interdict check, $rows rows, $different different" 0,1 "${ours[@]}" "$work/fleet.csv"
        [ -x "$python" ] || continue
        measure "duckdb, the same" 0 "$python" "$here/matching_peers.py" duckdb "$work/rules.tsv" "$work/fleet.csv"
        # One row costs univers as much whether there are many or not.
        head -100001 "$work/fleet.csv" >"$work/part.csv"
        measure "univers, the first 100,000" 0 "$python" "$here/matching_peers.py" univers "$work/rules.tsv" "$work/part.csv"
    done
done
