#!/usr/bin/env bash
# Lets TUF software by others read what we publish, and our client what they publish.
#
# INTERDICT_TOOLS      where the other programs are kept (target/tools)
# INTERDICT_PUBLISHER  our publisher, if it is built already
# INTERDICT_ROTATED_REPOSITORY  the tests' program of that name, likewise
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
target=${CARGO_TARGET_DIR:-$project/target}
tools=${INTERDICT_TOOLS:-$target/tools}

skip() {
    echo "skipped: $*" >&2
    exit 0
}

source "$here/venv.sh"
venv python-tuf "$here/requirements.txt" 10

publisher=${INTERDICT_PUBLISHER:-}
if [ -z "$publisher" ]; then
    (cd "$project" && cargo build --quiet --package interdict-publisher)
    publisher=$target/debug/interdict-publisher
fi

# The same for tuf-js. Without it the rest still runs.
tuf_js() {
    command -v npm >/dev/null || { echo "skipped: no npm, so tuf-js does not read what we publish" >&2; return 1; }
    node -e 'const [major, minor] = process.versions.node.split("."); process.exit(major * 100 + +minor < 2017 ? 1 : 0)' ||
        { echo "skipped: node is older than 20.17, which tuf-js needs" >&2; return 1; }
    [ ! -e "$modules/complete" ] || return 0
    mkdir -p "$tools"
    rm -rf "$modules"
    cp -r "$here/tuf-js" "$modules"
    local log=$tools/tuf-js.log
    if ! (cd "$modules" && npm ci --ignore-scripts --no-audit --no-fund) >"$log" 2>&1; then
        # Another file under a known name is no reason to skip.
        ! grep -q EINTEGRITY "$log" || { cat "$log" >&2; exit 1; }
        echo "skipped: tuf-js cannot be had from the package registry: see $log" >&2
        return 1
    fi
    touch "$modules/complete"
}
modules=$tools/tuf-js-$(sha256sum "$here/tuf-js/package-lock.json" | cut -c 1-12)

work=$(mktemp -d)
servers=()
cleanup() {
    for server in "${servers[@]}"; do
        kill "$server" && wait "$server" || true
    done
    rm -rf "$work"
}
trap cleanup EXIT
cd "$work"

# Serves a repository; sets `url`.
serve() {
    "$publisher" serve --repo "$1" --listen 127.0.0.1:0 >"address-$1" 2>"access-log-$1" &
    servers+=($!)
    for _ in $(seq 100); do
        [ ! -s "address-$1" ] || break
        kill -0 $! 2>/dev/null || { cat "access-log-$1" >&2; exit 1; }
        sleep 0.1
    done
    url=$(grep -o 'http://[^ ]*' "address-$1")
    url=${url%/}
}

quietly() {
    "$@" >>log 2>&1 || { cat log >&2; echo "failed: $*" >&2; exit 1; }
}

for name in root-1 root-2 targets-1 targets-2 snapshot timestamp officer-1 officer-2 officer-3; do
    quietly "$publisher" key new "$name.key" --label "$name" --unencrypted
done
quietly "$publisher" init repo --root-key root-1.key --root-key root-2.key \
    --targets-key targets-1.key --targets-key targets-2.key --snapshot-key snapshot.key --timestamp-key timestamp.key \
    --issuer dhs --issuer-name "Department of Homeland Security" --prefix BOD --prefix ED \
    --officer officer-1.key --officer officer-2.key --officer officer-3.key --threshold 2
cp repo/public/metadata/1.root.json pinned.root.json
cp "$project/docs/examples/directives/bod-17-01.draft.jsonc" .
quietly "$publisher" sign bod-17-01.draft.jsonc --key officer-1.key --repo repo --yes --output BOD-17-01.1.envelope.json
quietly "$publisher" sign BOD-17-01.1.envelope.json --key officer-2.key --repo repo --yes
quietly "$publisher" publish BOD-17-01.1.envelope.json --repo repo

serve repo
declare -A at=([repo]=$url)

reads() {
    "$python" "$here/python_tuf_reads_ours.py" --url "${at[repo]}" --root pinned.root.json --cache cache \
        --published repo/public/targets --must-have BOD-17-01.1.json "$@"
}
reads --timestamp 2 --requests 'root timestamp snapshot targets target*'
reads --timestamp 2 --requests 'root timestamp'
quietly "$publisher" refresh --repo repo
reads --timestamp 3 --requests 'root timestamp'
quietly "$publisher" refresh --repo repo --snapshot
reads --timestamp 4 --requests 'root timestamp snapshot'
echo "python-tuf reads what we publish: the same bytes, cold and warm, before and after a refresh"

# The publisher changes the keys of each role; a client whose folder stays the same follows, and one that begins today.
quietly cp -r repo turned
for name in root-3 targets-3 snapshot-2 timestamp-2; do
    quietly "$publisher" key new "$name.key" --label "$name" --unencrypted
done
serve turned
turned=$url
keyid() { "$publisher" key show "$1.key" --json | grep -o '"keyid":"[0-9a-f]*"' | cut -d '"' -f 4; }
turn() {
    quietly "$publisher" rotate "$@" --repo turned --yes --key root-1.key --key root-2.key
}
follows() {
    "$python" "$here/python_tuf_reads_ours.py" --url "$turned" --root pinned.root.json --cache "$1" \
        --published turned/public/targets --must-have BOD-17-01.1.json --timestamp "$2" --requests "$3"
}
cp -r cache follower
turn root --lifetime 500d
follows follower 5 'root root timestamp'
turn timestamp --replace "$(keyid timestamp)=timestamp-2.key" --key timestamp-2.key
follows follower 6 'root root timestamp'
quietly "$publisher" refresh --repo turned
follows follower 7 'root timestamp'
turn snapshot --replace "$(keyid snapshot)=snapshot-2.key" --key snapshot-2.key
follows follower 8 'root root timestamp snapshot'
turn targets --replace "$(keyid targets-1)=targets-3.key" --key targets-3.key
follows follower 9 'root root timestamp snapshot targets'
turn root --replace "$(keyid root-1)=root-3.key" --key root-3.key
follows follower 10 'root root timestamp snapshot targets target'
follows newcomer 10 'root root root root root root timestamp snapshot targets target target'
echo "python-tuf follows each change of keys that the publisher makes, and all of them at once"

# The life of an authority with its keys in tokens, step by step: one folder follows all of it, and so does one that begins at its end.
if command -v softhsm2-util >/dev/null; then
    (cd "$project" && INTERDICT_LIFE=$work cargo test --quiet --package interdict-tests --test authority_life) >>log 2>&1 ||
        { cat log >&2; exit 1; }
    lives() {
        serve "$1"
        "$python" "$here/python_tuf_reads_ours.py" --url "$url" --root life-01/public/metadata/1.root.json --cache "$2" \
            --published "$1/public/targets" --must-have BOD-17-01.1.json \
            --timestamp "$("$python" -c 'import json, sys; print(json.load(sys.stdin)["signed"]["version"])' <"$1/public/metadata/timestamp.json")"
    }
    for step in life-[0-9]*; do
        lives "$step" life
    done
    lives "$step" life-newcomer
    echo "python-tuf follows the life of an authority: $(ls -d life-[0-9]* | wc -l) steps, three roots, a lost and a stolen key"
else
    echo "skipped: no softhsm2-util, so nobody lives the life of an authority" >&2
fi

rotated=${INTERDICT_ROTATED_REPOSITORY:-}
if [ -z "$rotated" ]; then
    (cd "$project" && cargo build --quiet --package interdict-tests --bin rotated-repository)
    rotated=$target/debug/rotated-repository
fi
"$rotated" .
for name in before after revoked alone usurped; do
    serve "$name"
    at[$name]=$url
done
pin=before/public/metadata/1.root.json

python_reads() {
    local name=$1 cache=$2 timestamp=$3 requests=$4 must=$5
    "$python" "$here/python_tuf_reads_ours.py" --url "${at[$name]}" --root "$pin" --cache "$cache" \
        --published "$name/public/targets" --must-have "$must" --timestamp "$timestamp" --requests "$requests"
}
python_refuses() {
    "$python" "$here/python_tuf_reads_ours.py" --url "${at[$1]}" --root "$pin" --cache "$2" --refused "$3"
}
js_reads() {
    node "$here/tuf_js_reads_ours.cjs" "$modules/node_modules" "${at[$1]}" "$pin" "$2" "$1/public/targets" "$3" "$4"
}
js_refuses() {
    node "$here/tuf_js_reads_ours.cjs" "$modules/node_modules" "${at[$1]}" "$pin" "$2" --refused "$3"
}
refuses() {
    cp -r "$1-$2" "$1-$2-$3"
    "${1}_refuses" "$3" "$1-$2-$3" "$4"
}
# One client, whose folder stays the same, over the day on which keys change; copies of it are offered what it must refuse.
rotation() {
    local client=$1
    "${client}_reads" before "$client" 2 "root timestamp snapshot targets target target target" BOD-2.1.json
    cp -r "$client" "$client-before"
    "${client}_reads" after "$client" 3 "root root timestamp snapshot targets target target" BOD-3.1.json
    cp -r "$client" "$client-after"
    for memory in before after; do
        refuses "$client" "$memory" revoked "timestamp was signed by 0/1 keys"
        refuses "$client" "$memory" alone "targets was signed by 1/2 keys"
    done
    refuses "$client" before usurped "root was signed by 1/2 keys"
}
rotation python
echo "python-tuf follows our root to its successor, and refuses what revoked keys and too few keys sign"
if tuf_js; then
    pin=pinned.root.json js_reads repo js-repo 4 "root timestamp snapshot targets target target"
    pin=pinned.root.json js_reads repo js-repo 4 "root timestamp"
    rotation js
    echo "tuf-js reads what we publish, follows our root and refuses the same"
fi

"$python" "$here/python_tuf_writes.py" theirs
export INTERDICT_PYTHON_TUF=$work/theirs
if command -v openssl >/dev/null; then
    "$python" "$here/python_tuf_delegates.py" delegated
    export INTERDICT_PYTHON_TUF_DELEGATED=$work/delegated
else
    echo "skipped: no openssl to make ECDSA and RSA keys with" >&2
fi
(cd "$project" && cargo test --quiet --package interdict-tests --test python_tuf)
echo "our client refreshes what python-tuf writes"
