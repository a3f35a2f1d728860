#!/usr/bin/env bash
# Lets validators by others read the reports of `interdict check`: SARIF 2.1.0, CycloneDX 1.6, JUnit and HTML, this in a browser too
# where there is one.
# Nobody publishes a schema of JUnit's format; the one taken is that of Jenkins' xUnit plug-in, which pytest carries.
#
# INTERDICT_TOOLS  where the validators are kept (target/tools)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/formats
project=$(cd "$here/../../.." && pwd)
tools=${INTERDICT_TOOLS:-${CARGO_TARGET_DIR:-$project/target}/tools}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$project" && INTERDICT_FORMS=$work cargo test --quiet --package interdict-client --test forms every_form_is_written)

# Another file under a known name is no reason to skip.
refuse() {
    ! grep -q "$1" "$2" || { cat "$2" >&2; exit 1; }
}

npm_validators() {
    command -v npm >/dev/null || { echo "skipped: no npm, so SARIF, CycloneDX and HTML are not validated" >&2; return; }
    node -e 'const [major, minor] = process.versions.node.split("."); process.exit(major * 100 + +minor < 2019 ? 1 : 0)' ||
        { echo "skipped: node is older than 20.19, which the validators need" >&2; return; }
    local modules=$tools/formats-$(sha256sum "$here/package-lock.json" | cut -c 1-12) log=$tools/formats.log
    if [ ! -e "$modules/complete" ]; then
        mkdir -p "$tools"
        rm -rf "$modules"
        cp -r "$here" "$modules"
        if ! (cd "$modules" && npm ci --ignore-scripts --no-audit --no-fund) >"$log" 2>&1; then
            refuse EINTEGRITY "$log"
            echo "skipped: the validators cannot be had from the package registry: see $log" >&2
            return
        fi
        touch "$modules/complete"
    fi
    (cd "$modules" && node "$here/validate.cjs" "$work")
    local chromium
    chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
        { echo "skipped: no chromium, so no page is judged in a browser" >&2; return; }
    (cd "$modules" && node "$here/axe.cjs" "$chromium" "$work")
}

xsd_validator() {
    command -v python3 >/dev/null || { echo "skipped: no python3, so JUnit is not validated" >&2; return; }
    local venv=$tools/junit-$(cat "$here"/*requirements.txt | sha256sum | cut -c 1-12) log=$tools/junit.log
    if [ ! -e "$venv/complete" ]; then
        mkdir -p "$tools"
        rm -rf "$venv"
        python3 -m venv "$venv" >"$log" 2>&1 || { echo "skipped: no virtual environment can be made: see $log" >&2; return; }
        local pip=("$venv/bin/pip" --disable-pip-version-check --no-input)
        # The schema stands in the source package alone, of which pip builds the metadata before it keeps it.
        if ! { "${pip[@]}" install --require-hashes --only-binary :all: --requirement "$here/requirements.txt" &&
            "${pip[@]}" download --require-hashes --no-deps --no-binary :all: --dest "$venv" \
                --requirement "$here/schema-requirements.txt"; } >"$log" 2>&1; then
            refuse 'DO NOT MATCH THE HASHES' "$log"
            echo "skipped: the validator cannot be had from the package index: see $log" >&2
            return
        fi
        tar -xzf "$venv"/pytest-*.tar.gz --strip-components 3 -C "$venv" --wildcards '*/junit-10.xsd'
        touch "$venv/complete"
    fi
    "$venv/bin/python" "$here/junit.py" "$venv/junit-10.xsd" "$work"
}

npm_validators
xsd_validator
