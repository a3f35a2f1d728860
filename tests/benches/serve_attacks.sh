#!/usr/bin/env bash
# The attacks of tests/tests/serve_attacks.rs at full length: slow headers while somebody polls, and hostile requests.
#
#   tests/benches/serve_attacks.sh [SLOW [HOSTILE]]     connections (5000) and requests (1000000)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
ulimit -n "$(ulimit -Hn)"
export INTERDICT_SLOW=${1:-5000} INTERDICT_HOSTILE=${2:-1000000}
for attack in slow_headers hostile_requests; do
    begun=$(date +%s)
    cargo test --release --quiet -p interdict-tests --test serve_attacks "$attack"
    echo "$attack: $(($(date +%s) - begun)) s"
done
