#!/usr/bin/env bash
# The most memory that our program holds at once, as a whole process: the peak of its resident set.
#
#   tests/benches/memory.sh [COUNT…]     numbers of directives (1000 10000)
#
# INTERDICT_BUILT   the folder of our programs, if they are built already
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
target=${CARGO_TARGET_DIR:-$project/target}
counts=("$@")
[ ${#counts[@]} -gt 0 ] || counts=(1000 10000)
command -v python3 >/dev/null || { echo "skipped: no python3" >&2; exit 0; }

programs=${INTERDICT_BUILT:-}
if [ -z "$programs" ]; then
    (cd "$project" && cargo build --quiet --release -p interdict-client -p interdict-publisher -p interdict-tests \
        --bin interdict --bin interdict-publisher --bin simulated-repository)
    programs=$target/release
fi

work=$(mktemp -d)
server=
cleanup() {
    [ -z "$server" ] || { kill "$server" && wait "$server" || true; }
    rm -rf "$work"
}
trap cleanup EXIT
cd "$work"

# The simulator signs with the example keys, hence the switch.
interdict() { # STATE ARGUMENTS…
    "$programs/interdict" --allow-example-keys --config "$1/config.toml" --state "$1/state" "${@:2}"
}
# A client that has pinned the first root and fetched nothing.
client() { # STATE SOURCE ROOT
    mkdir -p "$1"
    interdict "$1" setup "$2" >log
    # Without a fingerprint to compare it says the one that it found.
    local found
    found=$(interdict "$1" trust "$3" 2>&1 </dev/null | grep -o 'sha256:[0-9a-f]*' | head -1 || true)
    interdict "$1" trust "$3" --fingerprint "$found" >>log 2>&1 || { cat log >&2; exit 1; }
}
# A row. A process counts what the one that became it held, here Python: less than 13 MiB does not show.
peak() { # NAME EXIT_CODES STATE ARGUMENTS…
    python3 -c '
import os, sys
name, codes, *command = sys.argv[1:]
silent = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0) for stream in (1, 2)]
_, status, used = os.wait4(os.posix_spawn(command[0], command, os.environ, file_actions=silent), 0)
if str(os.waitstatus_to_exitcode(status)) not in codes.split(","):
    sys.exit(f"ended with {status}: {command}")
print(f"| {name} | {used.ru_maxrss / 1024:.1f} MiB |", flush=True)
' "$1" "$2" "$programs/interdict" --allow-example-keys --config "$3/config.toml" --state "$3/state" "${@:4}"
}

printf 'vendor,product,version\nVendor,Product,1.0\n' >inventory.csv
for count in "${counts[@]}"; do
    "$programs/simulated-repository" "repository-$count" "$count"
    root=repository-$count/metadata/1.root.json
    "$programs/interdict-publisher" serve --quiet --repo "repository-$count" --listen 127.0.0.1:0 >address 2>server.log &
    server=$!
    for _ in $(seq 100); do
        [ ! -s address ] || break
        kill -0 $server 2>/dev/null || { cat server.log >&2; exit 1; }
        sleep 0.1
    done
    client "folder-$count" "$work/repository-$count" "$root"
    client "http-$count" "$(grep -o 'http://[^ /]*' address)" "$root"
    echo "| $count directives | peak |"
    echo "|---|---|"
    peak "the first sync, from a folder" 0 "folder-$count" sync
    peak "the first sync, over http" 0 "http-$count" sync
    peak "a sync with nothing new" 0 "folder-$count" sync
    peak status 0 "folder-$count" status
    peak "check, of one component" 0,1,3 "folder-$count" check inventory.csv --type csv
    peak policy 0 "folder-$count" policy
    peak list 0 "folder-$count" list
    peak due 0,1 "folder-$count" due
    echo
    kill "$server" && wait "$server" || true
    server=
    rm -f address
done
