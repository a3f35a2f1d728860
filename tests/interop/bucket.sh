#!/usr/bin/env bash
# Lets `push` write into an S3 implementation by others (moto), through a proxy that fails, while clients read from it.
# It builds the publisher with the feature s3.
#
# INTERDICT_TOOLS  where moto is kept (target/tools)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
tools=${INTERDICT_TOOLS:-${CARGO_TARGET_DIR:-$project/target}/tools}

skip() {
    echo "skipped: $*, so nothing is pushed into a bucket" >&2
    exit 0
}

venv=$tools/moto-$(sha256sum "$here/bucket-requirements.txt" | cut -c 1-12)
if [ ! -e "$venv/complete" ]; then
    command -v python3 >/dev/null || skip "no python3"
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' || skip "python3 is older than 3.10"
    mkdir -p "$tools"
    rm -rf "$venv"
    log=$tools/moto.log
    python3 -m venv "$venv" >"$log" 2>&1 || skip "no virtual environment can be made: see $log"
    if ! "$venv/bin/pip" install --disable-pip-version-check --no-input --require-hashes --only-binary :all: \
        --requirement "$here/bucket-requirements.txt" >"$log" 2>&1; then
        # Another file under a known name is no reason to skip.
        ! grep -q 'DO NOT MATCH THE HASHES' "$log" || { cat "$log" >&2; exit 1; }
        skip "moto cannot be had from the package index: see $log"
    fi
    touch "$venv/complete"
fi
cd "$project"
INTERDICT_MOTO_PYTHON=$venv/bin/python cargo test --package interdict-tests --features s3 --test push_bucket
