#!/usr/bin/env bash
# Reading identifiers alone, ours and then what people use for it, over the same texts and in one run.
#
#   tests/benches/parsing.sh
#
# packageurl-python, univers and cpe come from PyPI into target/tools; without them ours stand alone.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
python=${CARGO_TARGET_DIR:-$project/target}/tools/matching/bin/python

(cd "$project" && cargo bench --quiet -p interdict-schema --bench identifiers -- --quick --noplot) | grep -E '^read/|time:|thrpt:'
if ! "$python" -c 'import univers, packageurl, cpe' 2>/dev/null; then
    { python3 -m venv "${python%/bin/python}" && "${python%/python}/pip" install --quiet univers packageurl-python cpe; } >&2 ||
        { echo "left out: univers, packageurl-python and cpe cannot be installed" >&2; exit 0; }
fi
echo "| what | a second |"
echo "|---|---|"
"$python" "$here/parsing_peers.py"
