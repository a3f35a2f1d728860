#!/usr/bin/env bash
# Runs the TUF community's client conformance suite against `interdict tuf`.
#
#   TUF_CONFORMANCE=FOLDER tests/conformance.sh [ARGUMENT OF PYTEST …]
#
# FOLDER is a checkout of the suite, which is not part of this project; without one this says so and ends well. Needed:
# Python 3.11 or newer with venv, the Python package index the first time, and faketime. Which version was last run, and
# what came of it: docs/trust.md.
set -euo pipefail
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
target=${CARGO_TARGET_DIR:-$project/target}
tools=${INTERDICT_TOOLS:-$target/tools}

if [ -z "${TUF_CONFORMANCE:-}" ]; then
    echo "skipped: TUF_CONFORMANCE names no checkout of the TUF conformance suite"
    exit 0
fi

# Whoever names a checkout wants it run: from here on nothing is skipped.
fail() {
    echo "tests/conformance.sh: $*" >&2
    exit 1
}
suite=$(cd "$TUF_CONFORMANCE" && pwd) || fail "$TUF_CONFORMANCE is not a folder"
for needed in pyproject.toml tuf_conformance/conftest.py; do
    [ -e "$suite/$needed" ] || fail "found no $needed in $suite, wanted a checkout of the suite"
done
command -v faketime >/dev/null || fail "found no faketime, by which the suite shifts the clock"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "wanted python3 3.11 or newer"

# What the suite needs, in the versions it names; another list makes another environment.
requirements=$(python3 - "$suite/pyproject.toml" <<'PYTHON'
import sys, tomllib
with open(sys.argv[1], "rb") as file:
    print("\n".join(tomllib.load(file)["project"]["dependencies"]))
PYTHON
)
venv=$tools/tuf-conformance-$(sha256sum <<<"$requirements" | cut -c 1-12)
if [ ! -e "$venv/complete" ]; then
    mkdir -p "$tools"
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-input --only-binary :all: \
        --requirement /dev/stdin <<<"$requirements"
    touch "$venv/complete"
fi

(cd "$project" && cargo build --quiet --package interdict-client)
cd "$suite"
sed -n 's/^__version__ = "\(.*\)"/tuf-conformance \1/p' tuf_conformance/__init__.py
PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" -m pytest -q -p no:cacheprovider tuf_conformance \
    --entrypoint "$target/debug/interdict tuf" "$@"
