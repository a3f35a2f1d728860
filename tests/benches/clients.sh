#!/usr/bin/env bash
# A cold refresh by TUF clients of all kinds, over http from our server, as whole processes: wall and CPU time, alternating, in
# one run; then a refresh and the download of one target; then what each asks for; then ours and sigstore-tuf in process.
#
#   tests/benches/clients.sh [ROUNDS [COUNT…]]     rounds for each line (15); numbers of targets (0 1000 10000)
#
# ours, tuf-js, python-tuf, tough, and sigstore-tuf twice: the least that it can be (no TLS, ring), and as it comes (TLS,
# aws-lc-rs). Each begins with a pinned root and nothing else, and keeps what it trusts in a folder. Only ours syncs that to
# the disk, hence a line of ours on which that costs nothing: with its folder in memory.
#
# INTERDICT_BUILT   the folder of our programs, if they are built already
# INTERDICT_PEERS   the folder of the others' (`refresh-tough` …), if they are built already
# INTERDICT_TOOLS   where python-tuf and tuf-js are kept (target/tools); tests/interop/run.sh puts them there
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
target=${CARGO_TARGET_DIR:-$project/target}
tools=${INTERDICT_TOOLS:-$target/tools}
rounds=${1:-15}
counts=("${@:2}")
[ ${#counts[@]} -gt 0 ] || counts=(0 1000 10000)
for needed in jq python3; do
    command -v "$needed" >/dev/null || { echo "skipped: no $needed" >&2; exit 0; }
done

programs=${INTERDICT_BUILT:-}
if [ -z "$programs" ]; then
    (cd "$project" && cargo build --quiet --release -p interdict-client -p interdict-publisher -p interdict-tests \
        --bin interdict --bin interdict-publisher --bin simulated-repository)
    programs=$target/release
fi
peers=${INTERDICT_PEERS:-$target/interop/release}
if [ -z "${INTERDICT_PEERS:-}" ]; then
    for peer in refresh-sigstore-tuf refresh-sigstore-tuf-default refresh-tough; do
        cargo build --quiet --release --manifest-path "$project/tests/interop/Cargo.toml" --target-dir "$target/interop" \
            --features "$peer" --bin "$peer" || echo "skipped: $peer cannot be built" >&2
    done
    cargo build --quiet --release --manifest-path "$project/tests/interop/Cargo.toml" --target-dir "$target/interop" \
        --bin in-process || true
fi
python=$tools/python-tuf-$(sha256sum "$project/tests/interop/requirements.txt" | cut -c 1-12)
modules=$tools/tuf-js-$(sha256sum "$project/tests/interop/tuf-js/package-lock.json" | cut -c 1-12)
for tool in "$python" "$modules"; do
    [ -e "$tool/complete" ] || echo "skipped: $tool is not there; tests/interop/run.sh puts it there" >&2
done

work=$(mktemp -d)
memory=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
servers=()
cleanup() {
    for server in "${servers[@]}"; do kill "$server" && wait "$server" || true; done
    rm -rf "$work" "$memory"
}
trap cleanup EXIT
cd "$work"

row() { # NAME FLOOR FRESH COPY COMMAND…; an empty COPY is none
    jq -n '$ARGS.positional | {name: .[0], floor: (.[1] == "floor"), fresh: .[2], command: .[4:]}
        + (if .[3] != "" then {copy: .[3]} else {} end)' --args -- "$@"
}
serve() { # FOLDER: sets url; the log has a line for every request
    "$programs/interdict-publisher" serve --repo "$1" --listen 127.0.0.1:0 >"$1.address" 2>"$1.log" &
    servers+=($!)
    for _ in $(seq 100); do
        [ ! -s "$1.address" ] || break
        kill -0 $! 2>/dev/null || { cat "$1.log" >&2; exit 1; }
        sleep 0.1
    done
    url=$(grep -o 'http://[^ /]*' "$1.address")
}
clients() { # [TARGET]
    local goal=("${@:1}")
    ours() { # NAME FLOOR FOLDER
        local verb=(refresh) target=()
        if [ ${#goal[@]} -gt 0 ]; then
            verb=(download)
            target=(--target-name "${goal[0]}" --target-base-url "$url/targets/" --target-dir "$3/downloaded")
        fi
        row "$1" "$2" "$3" "$work/pinned" \
            "$programs/interdict" tuf --metadata-dir "$3" --metadata-url "$url/metadata/" "${target[@]}" "${verb[@]}"
    }
    theirs() { # NAME COMMAND…
        row "$1" "" "$work/theirs" "" "${@:2}" "$work/theirs" "$root" "$url/metadata/" "$url/targets/" "${goal[@]}"
    }
    ours ours floor "$work/ours"
    ours "ours, a folder in memory" "" "$memory/ours"
    [ ! -x "$peers/refresh-sigstore-tuf" ] || theirs "sigstore-tuf, no TLS, ring" "$peers/refresh-sigstore-tuf"
    [ ! -x "$peers/refresh-sigstore-tuf-default" ] || theirs "sigstore-tuf as it comes" "$peers/refresh-sigstore-tuf-default"
    [ ! -x "$peers/refresh-tough" ] || theirs tough "$peers/refresh-tough"
    [ ! -e "$python/complete" ] || theirs python-tuf "$python/bin/python" "$here/python_tuf_refresh.py"
    [ ! -e "$modules/complete" ] || theirs tuf-js "$(command -v node)" "$here/tuf_js_refresh.cjs" "$modules/node_modules"
}

for count in "${counts[@]}"; do
    "$programs/simulated-repository" "repository-$count" "$count"
    serve "repository-$count"
    root=$work/repository-$count/metadata/1.root.json
    rm -rf pinned
    mkdir -p pinned/downloaded
    "$programs/interdict" tuf --metadata-dir pinned init "$root"
    # tuf-js needs 50 s for 10,000 targets.
    more=$rounds
    [ "$count" -lt 10000 ] || more=$(((rounds + 2) / 3))
    {
        clients | jq -s --arg title "cold refresh, $count targets" '{title: $title, rows: .}'
        [ "$count" = 0 ] || clients BOD-1.1.json |
            jq -s --arg title "cold refresh and one target of $count" '{title: $title, rows: .}'
    } | jq -s --argjson rounds "$more" '{rounds: $rounds, groups: .}' >"groups-$count"
    python3 "$here/rounds.py" <"groups-$count"

    echo "| one cold refresh, $count targets | requests | bytes |"
    echo "|---|---|---|"
    jq -c '.groups[0].rows[]' "groups-$count" | while read -r one; do
        before=$(wc -l <"repository-$count.log")
        fresh=$(jq -r .fresh <<<"$one")
        rm -rf "$fresh"
        copy=$(jq -r '.copy // empty' <<<"$one")
        [ -z "$copy" ] || cp -r "$copy" "$fresh"
        mapfile -t command < <(jq -r '.command[]' <<<"$one")
        "${command[@]}" >/dev/null
        sleep 0.3
        tail -n "+$((before + 1))" "repository-$count.log" >asked
        echo "| $(jq -r .name <<<"$one") | $(grep -c . asked) | $(awk '{ sent += $NF } END { print sent + 0 }' asked) |"
    done
    echo
done

in_process=$peers/in-process
[ -x "$in_process" ] || { echo "skipped: in-process cannot be built" >&2; exit 0; }
echo "| a cold refresh in process, from memory | ours | sigstore-tuf | ours is ahead by |"
echo "|---|---|---|---|"
for count in "${counts[@]}"; do "$in_process" "repository-$count"; done
