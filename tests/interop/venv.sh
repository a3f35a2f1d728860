# Sourced by the runs against programs of PyPI, which define `skip`.
#
# venv NAME REQUIREMENTS MINOR   sets `python` to that of a virtual environment below $tools with what the list names, by hash; another
#                                list makes another one. Needs Python 3.MINOR; skips where that or the package index is not there.
venv() {
    local name=$1 list=$2 minor=$3 folder log
    folder=$tools/$name-$(sha256sum "$list" | cut -c 1-12)
    python=$folder/bin/python
    [ ! -e "$folder/complete" ] || return 0
    command -v python3 >/dev/null || skip "no python3"
    python3 -c "import sys; sys.exit(sys.version_info < (3, $minor))" || skip "python3 is older than 3.$minor"
    mkdir -p "$tools"
    rm -rf "$folder"
    log=$tools/$name.log
    python3 -m venv "$folder" >"$log" 2>&1 || skip "no virtual environment can be made: see $log"
    if ! "$folder/bin/pip" install --disable-pip-version-check --no-input --require-hashes --only-binary :all: \
        --requirement "$list" >"$log" 2>&1; then
        # Another file under a known name is no reason to skip.
        ! grep -q 'DO NOT MATCH THE HASHES' "$log" || { cat "$log" >&2; exit 1; }
        skip "$name cannot be had from the package index: see $log"
    fi
    touch "$folder/complete"
}
