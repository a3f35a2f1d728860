#!/usr/bin/env bash
# Files by digest beside sha256sum, and a folder of many small inventories. Prints the lines of the tables in
# docs/performance.md: seconds of the clock and of the processors as whole processes, in rounds that alternate, and the most
# memory held.
#
#   tests/benches/files.sh [FILES [KIB [INVENTORIES]]]     files (20000) of so many KiB each (64); inventories (100000)
#
# INTERDICT_BUILT     the folder of our programs, if they are built already: interdict and matching-inputs
# INTERDICT_RULES     the number of rules (10000)
# INTERDICT_DIGESTS   digests that are banned besides (1000000)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
target=${CARGO_TARGET_DIR:-$project/target}
files=${1:-20000} kib=${2:-64} inventories=${3:-100000}
command -v python3 >/dev/null || { echo "skipped: no python3" >&2; exit 0; }

programs=${INTERDICT_BUILT:-}
if [ -z "$programs" ]; then
    (cd "$project" && cargo build --quiet --release -p interdict-client -p interdict-publisher -p interdict-tests \
        --bin interdict --bin interdict-publisher --bin matching-inputs)
    programs=$target/release
fi

rules=${INTERDICT_RULES:-10000} digests=${INTERDICT_DIGESTS:-1000000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

interdict() { "$programs/interdict" --config "$work/config.toml" --state "$work/state" "$@"; }
publisher() { "$programs/interdict-publisher" "$@"; }
# A row: seconds of the clock and of the processors, and the peak of the largest process. Other exits than these fail.
measure() { # NAME EXIT_CODES COMMAND…
    python3 -c '
import os, resource, sys, tempfile, time
name, codes, *command = sys.argv[1:]
with tempfile.TemporaryFile() as out:
    start = time.perf_counter()
    _, status, used = os.wait4(os.posix_spawnp(command[0], command, os.environ,
        file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1)]), 0)
    wall = time.perf_counter() - start
    out.seek(0)
    words = out.read().decode(errors="replace").strip().splitlines()
if str(os.waitstatus_to_exitcode(status)) not in codes.split(","):
    sys.exit(f"ended with {status}: {command}")
found = next((line for line in reversed(words) if " match, " in line), f"{len(words)} lines")
cpu = used.ru_utime + used.ru_stime
print(f"| {name} | {found[:60]} | {wall:.2f} | {cpu:.2f} | {used.ru_maxrss / 1024:.0f} MiB |", flush=True)
' "$@"
}

# An authority with a directive of so many packages, and one whose list has a file of so many digests: those of a hundred of the
# files, and made-up ones.
mkdir keys files inventories
python3 - "$rules" "$digests" "$files" "$kib" "$inventories" <<'END'
import hashlib, json, os, random, sys
rules, digests, files, kib, inventories = map(int, sys.argv[1:])
random.seed(1)
block, banned = random.randbytes(kib * 1024), set()
for number in range(files):
    folder = f"files/{number // 500:04}"
    os.makedirs(folder, exist_ok=True)
    head = number.to_bytes(8, "big")
    with open(f"{folder}/{number:06}.bin", "wb") as file:
        file.write(head + block[8:])
    if number % max(1, files // 100) == 0:
        banned.add(hashlib.sha256(head + block[8:]).hexdigest())
while len(banned) < digests:
    banned.add(random.randbytes(32).hex())
with open("BOD-MANY.hashes.1.txt", "w") as file:
    file.write("".join(f"{digest}\n" for digest in sorted(banned)))
for number in range(inventories):
    folder = f"inventories/{number // 1000:04}"
    os.makedirs(folder, exist_ok=True)
    components = [{"type": "library", "name": f"package-{(number + other) % 2000}", "version": "1.0",
        "purl": f"pkg:deb/debian/package-{(number + other) % 2000}@1.0"} for other in range(10)]
    with open(f"{folder}/{number:06}.cdx.json", "w") as file:
        json.dump({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": components}, file)
subject = {"id": "s", "name": "S", "disposition": "prohibited"}
directive = {"format": "interdict-directive/1", "revision": 1, "status": "in-force", "title": "T", "issuer": "dhs",
    "zone": "UTC", "issued": "2026-01-15"}
packages = [{"kind": "package", "value": f"deb:package-{100 * number}"} for number in range(rules)]
json.dump(directive | {"id": "ED-26-01", "subjects": [subject | {"identifiers": packages}]}, open("packages.json", "w"))
json.dump(directive | {"id": "ED-26-02", "subjects": [subject | {"identifiers_from": [{"list": "BOD-MANY"}]}]},
    open("digests.json", "w"))
END
{
    for name in officer-1 officer-2 root-1 targets-1 snapshot timestamp; do
        publisher key new "keys/$name.key" --label "$name" --unencrypted
    done
    publisher init authority --root-key keys/root-1.key --targets-key keys/targets-1.key --snapshot-key keys/snapshot.key \
        --timestamp-key keys/timestamp.key --issuer dhs --issuer-name DHS --prefix BOD --prefix ED \
        --officer keys/officer-1.key --officer keys/officer-2.key --threshold 2
} >founding.txt 2>&1
publisher draft entries BOD-MANY.hashes.1.txt --kind sha256 >entries.json
printf '{"format":"interdict-entity-list/1","id":"BOD-MANY","revision":1,"title":"T","issuer":"dhs","issued":"2026-01-15","entities":[{"name":"E","relation":"named"}],"identifiers":[],"attachments":[%s]}' \
    "$(cat entries.json)" >list.json
signed() { # DRAFT
    local envelope
    envelope=$(publisher sign "$1" --key keys/officer-1.key --repo authority --yes 2>>log)
    publisher sign "$envelope" --key keys/officer-2.key --repo authority --yes >>log 2>&1
    echo "$envelope"
}
publish() { # ENVELOPE… and options
    publisher publish "$@" --repo authority >>log 2>&1
    interdict sync >>log 2>&1
}
interdict setup authority/public --name dhs >>log 2>&1
interdict trust authority/public/metadata/1.root.json --name dhs \
    --fingerprint "$(awk '/^fingerprint/ { print $2 }' founding.txt)" >>log 2>&1
ours=("$programs/interdict" --config "$work/config.toml" --state "$work/state" check)
cores=$(nproc)
hash="find files -type f -print0 | xargs -0 -n 256 -P"

echo "| what | found | wall s | CPU s | peak |"
echo "|---|---|---|---|---|"
publish "$(signed packages.json)"
for _ in 1 2; do
    measure "check of $inventories inventories of 10 components, $rules rules" 0,1 "${ours[@]}" inventories
done
measure "the same, as JSON Lines" 0,1 "${ours[@]}" inventories --format jsonl
publish "$(signed list.json)" "$(signed digests.json)" --attach BOD-MANY.hashes.1.txt
measure "check of nothing, $digests digests in a file" 3 "${ours[@]}" --files keys/nothing
for _ in 1 2 3; do
    measure "sha256sum, $files files of $kib KiB, $cores processes" 0 sh -c "$hash $cores sha256sum"
    measure "check --files, $digests digests" 1 "${ours[@]}" --files files
    if command -v taskset >/dev/null; then
        measure "sha256sum, one core" 0 taskset -c 0 sh -c "$hash 1 sha256sum"
        measure "check --files, one core" 1 taskset -c 0 "${ours[@]}" --files files
    fi
done
