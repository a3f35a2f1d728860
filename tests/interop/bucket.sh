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

source "$here/venv.sh"
venv moto "$here/bucket-requirements.txt" 10
cd "$project"
INTERDICT_MOTO_PYTHON=$python cargo test --package interdict-tests --features s3 --test push_bucket
