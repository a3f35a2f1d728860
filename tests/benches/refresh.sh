#!/usr/bin/env bash
# What a poll with nothing new costs as a whole process, beside curl: wall and CPU time, alternating, in one run. A cold refresh
# is in clients.sh.
#
#   tests/benches/refresh.sh [ROUNDS]     rounds for each line (21)
#
# `interdict tuf … refresh` and `interdict sync`, and curl fetching timestamp.json; over http, over https with one certificate
# authority, and over https with that one among the system's, for all of them from one file.
#
# INTERDICT_BUILT   the folder of our programs, if they are built already
# INTERDICT_TOOLS   where the other programs are kept (target/tools)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
target=${CARGO_TARGET_DIR:-$project/target}
tools=${INTERDICT_TOOLS:-$target/tools}
rounds=${1:-21}
for needed in curl jq python3; do
    command -v "$needed" >/dev/null || { echo "skipped: no $needed" >&2; exit 0; }
done

programs=${INTERDICT_BUILT:-}
if [ -z "$programs" ]; then
    (cd "$project" && cargo build --quiet --release -p interdict-client -p interdict-publisher -p interdict-tests \
        --bin interdict --bin interdict-publisher --bin simulated-repository)
    programs=$target/release
fi

# The same virtual environment as tests/interop/run.sh makes.
requirements=$project/tests/interop/requirements.txt
venv=$tools/python-tuf-$(sha256sum "$requirements" | cut -c 1-12)
python=$venv/bin/python
if [ ! -e "$venv/complete" ]; then
    mkdir -p "$tools"
    rm -rf "$venv"
    if python3 -m venv "$venv" >"$tools/python-tuf.log" 2>&1 && "$venv/bin/pip" install --disable-pip-version-check \
        --no-input --require-hashes --only-binary :all: --requirement "$requirements" >"$tools/python-tuf.log" 2>&1; then
        touch "$venv/complete"
    else
        echo "skipped: python-tuf cannot be had from the package index: see $tools/python-tuf.log" >&2
        python=
    fi
fi
work=$(mktemp -d)
servers=()
cleanup() {
    for server in "${servers[@]}"; do kill "$server" && wait "$server" || true; done
    rm -rf "$work"
}
trap cleanup EXIT
cd "$work"

row() { # NAME FLOOR FRESH COPY COMMAND…; an empty FRESH or COPY is none
    jq -n '$ARGS.positional | {name: .[0], floor: (.[1] == "floor"), command: .[4:]}
        + (if .[2] != "" then {fresh: .[2]} else {} end) + (if .[3] != "" then {copy: .[3]} else {} end)' --args -- "$@"
}
group() { # TITLE, rows on standard input
    jq -s --arg title "$1" '{title: $title, rows: .}'
}
serve() { # FOLDER: sets url
    "$programs/interdict-publisher" serve --quiet --repo "$1" --listen 127.0.0.1:0 >"$1.address" 2>"$1.log" &
    servers+=($!)
    for _ in $(seq 100); do
        [ ! -s "$1.address" ] || break
        kill -0 $! 2>/dev/null || { cat "$1.log" >&2; exit 1; }
        sleep 0.1
    done
    url=$(grep -o 'http://[^ /]*' "$1.address")
}

# The simulator signs with the example keys, hence the switch; `interdict tuf` has no such rule.
interdict() { # STATE ARGUMENTS…
    "$programs/interdict" --allow-example-keys --config "$1/config.toml" --state "$1/state" "${@:2}"
}

"$programs/simulated-repository" repository-100 100
serve repository-100
"$programs/interdict" tuf --metadata-dir warm init repository-100/metadata/1.root.json
"$programs/interdict" tuf --metadata-dir warm --metadata-url "$url/metadata/" refresh
mkdir client
interdict client setup "$url" >log
pinned=repository-100/metadata/1.root.json
# Without a fingerprint to compare it says the one that it found.
fingerprint=$(interdict client trust "$pinned" 2>&1 </dev/null | grep -o 'sha256:[0-9a-f]*' | head -1 || true)
interdict client trust "$pinned" --fingerprint "$fingerprint" >>log 2>&1 || { cat log >&2; exit 1; }
# Once more: the first poll reads everything, and keeps that it was whole.
for _ in 1 2 3; do interdict client sync >>log 2>&1 || { cat log >&2; exit 1; }; done
{
    row "curl, timestamp.json" floor "" "" "$(command -v curl)" -s -o /dev/null "$url/metadata/timestamp.json"
    row "interdict tuf refresh" "" "" "" \
        "$programs/interdict" tuf --metadata-dir "$work/warm" --metadata-url "$url/metadata/" refresh
    row "interdict sync" "" "" "" "$programs/interdict" --allow-example-keys --config "$work/client/config.toml" \
        --state "$work/client/state" sync
    [ -z "$python" ] || row "python-tuf" "" "" "" "$python" "$here/python_tuf_refresh.py" "$work/python-warm" \
        "$work/repository-100/metadata/1.root.json" "$url/metadata/"
    row "no work at all: interdict --version" "" "" "" "$programs/interdict" --version
} | group "a poll with nothing new, 100 targets" >groups

# Over https: one authority of our own, and the same beside those of the system.
if command -v openssl >/dev/null; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=authority \
        -keyout authority.key -out authority.pem 2>/dev/null
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=server -keyout server.key -out server.csr 2>/dev/null
    printf 'subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n' >server.ext
    openssl x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 30 -extfile server.ext \
        -out server.pem 2>/dev/null
    cat /etc/ssl/certs/ca-certificates.crt authority.pem >system.pem 2>/dev/null || true
    python3 "$here/tls_server.py" repository-100 server.pem server.key >tls.port &
    servers+=($!)
    for _ in $(seq 100); do
        [ ! -s tls.port ] || break
        sleep 0.1
    done
    secure=https://127.0.0.1:$(cat tls.port)
    mkdir secure
    SSL_CERT_FILE=$work/authority.pem interdict secure setup "$secure" >log
    interdict secure trust "$pinned" --fingerprint "$fingerprint" >>log 2>&1 || { cat log >&2; exit 1; }
    for _ in 1 2 3; do SSL_CERT_FILE=$work/authority.pem interdict secure sync >>log 2>&1 || { cat log >&2; exit 1; }; done
    for authorities in authority system; do
        [ -s "$authorities.pem" ] || continue
        {
            row "curl, timestamp.json" floor "" "" "$(command -v curl)" -s --cacert "$work/$authorities.pem" \
                -o /dev/null "$secure/metadata/timestamp.json"
            row "interdict tuf refresh" "" "" "" \
                "$programs/interdict" tuf --metadata-dir "$work/warm" --metadata-url "$secure/metadata/" refresh
            row "interdict sync" "" "" "" "$programs/interdict" --allow-example-keys --config "$work/secure/config.toml" \
                --state "$work/secure/state" sync
        } | jq --arg file "$work/$authorities.pem" '. + {env: {SSL_CERT_FILE: $file}}' |
            group "the same over https, $(grep -c BEGIN "$authorities.pem") certificate authorities" >>groups
    done
else
    echo "skipped: https, because there is no openssl to make a certificate with" >&2
fi

jq -s --argjson rounds "$rounds" '{rounds: $rounds, groups: .}' groups | python3 "$here/rounds.py"
