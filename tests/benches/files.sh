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
