#!/usr/bin/env bash
# What it costs to render many bans, beside writing the same bytes, and what the tools themselves bear at that size.
#
#   tests/benches/enforce.sh
#
# One line a target and size: bytes, seconds of rendering and of writing, their ratio, memory that rendering adds per byte
# written. Then the tools, with the rendered files. A tool that is absent is skipped and named.
#
# INTERDICT_BUILT   the folder of our programs, if they are built already
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
programs=${INTERDICT_BUILT:-}
if [ -z "$programs" ]; then
    (cd "$project" && cargo build --quiet --release -p interdict-tests --bin rendered-bans --bin client --bin matching-inputs)
    programs=${CARGO_TARGET_DIR:-$project/target}/release
fi
work=$(mktemp -d)
server=
cleanup() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT
cd "$work"

rendered() { # TARGET KIND COUNT
    "$programs/rendered-bans" "$1" "$2" "$3" "$work/$1-$3" | awk -v what="$1 $2 $3" '{
        printf "%s: %d bytes, rendered in %s s, written in %s s, ratio %.1f, %.1f bytes of memory a byte written\n",
            what, $1, $2, $3, $2 / ($3 > 0 ? $3 : 0.001), ($5 - $4) / $1 }'
}

timed() { # WHAT COMMAND...
    python3 - "$@" <<'PY'
import resource, subprocess, sys, time
began = time.monotonic()
subprocess.run(sys.argv[2:], check=True, stdout=subprocess.DEVNULL)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
print(f"{sys.argv[1]}: {time.monotonic() - began:.2f} s, {peak} MB")
PY
}

has() { command -v "$1" >/dev/null || { echo "skipped: no $1" >&2; return 1; }; }

for count in 100000 1000000; do
    rendered dns-rpz domain $count
    zone=$work/dns-rpz-$count/etc/unbound/interdict/rpz.interdict.invalid.zone
    if has named-checkzone; then
        timed "named-checkzone, $count domains" named-checkzone -q -i local rpz.interdict.invalid "$zone"
    fi
    if has unbound && has unbound-control; then
        cat >unbound.conf <<CONF
server:
    interface: 127.0.0.1
    port: $(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    username: ""
    chroot: ""
    directory: "$work"
    pidfile: "$work/pid"
    use-syslog: no
    do-daemonize: no
    module-config: "respip validator iterator"
remote-control:
    control-enable: yes
    control-interface: "$work/control"
    control-use-cert: no
rpz:
    name: "rpz.interdict.invalid"
    zonefile: "$zone"
CONF
        began=$(date +%s%N)
        unbound -d -c unbound.conf 2>/dev/null &
        server=$!
        until unbound-control -c unbound.conf status >/dev/null 2>&1; do kill -0 "$server"; done
        echo "unbound, $count domains: starts in $((($(date +%s%N) - began) / 1000000)) ms," \
            "$(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$server/status") MB"
        kill "$server" && wait "$server" || true
        server=
    fi
done

for count in 10000 100000; do
    rendered nftables cidr $count
    if has nft && unshare --net true 2>/dev/null; then
        table=$work/nftables-$count/etc/nftables.d/interdict.nft
        timed "nft -f, $count networks" unshare --net nft -f "$table"
        timed "nft -f twice, $count networks" unshare --net sh -c "nft -f '$table' && nft -f '$table'"
    fi
done

for count in 10000 100000; do
    rendered oval deb $count
    if has oscap; then
        timed "oscap oval eval, $count packages" oscap oval eval \
            "$work/oval-$count/etc/interdict/oval/interdict.oval.xml"
    fi
done

for count in 100000 1000000; do
    rendered apt deb $count
    if has apt-cache; then
        pins=$work/apt-$count/etc/apt/preferences.d/interdict.pref
        timed "apt-cache policy, $count pins" apt-cache "-oDir::Etc::Preferences=$pins" policy apt
    fi
    # The hook runs before every dpkg: one package, and the whole list read for it.
    printf 'VERSION 3\n\npackage-7 - - none < 1.0 all none /a.deb\n' >told
    list=$work/apt-$count/etc/interdict/apt-bans.jsonl
    timed "apt-hook, $count bans" sh -c "\"$programs/client\" apt-hook '$list' <told 2>/dev/null || test \$? -ne 2"
done

# Rendering alone: what dnf bears at this size takes minutes.
rendered dnf rpm 100000

for count in 1000 2000 4000; do
    rendered dnf rpm $count
    if has dnf && has createrepo_c; then
        mkdir -p empty && createrepo_c --quiet empty
        timed "dnf repoquery of an empty repository, $count packages excluded" dnf --quiet --releasever=1 \
            "--config=$work/dnf-$count/etc/dnf/dnf.conf" "--installroot=$work/root" --setopt=reposdir=/nonexistent \
            "--setopt=cachedir=$work/cache" "--repofrompath=empty,file://$work/empty" repoquery
    fi
done

# The daemon in a mount namespace, where it watches a file system of its own and nothing else.
fapolicyd_starts() { # RULES
    unshare --mount bash -c '
        mount --make-rprivate /
        mkdir -p etc/rules.d etc/trust.d run var /var/lib/fapolicyd watched
        cp "$1" etc/rules.d/05-interdict.rules
        for name in nice_val do_stat_report detailed_report permissive; do echo "$name = 0"; done >etc/fapolicyd.conf
        printf "%s\n" "q_size = 640" "uid = root" "gid = root" "watch_fs = ramfs" "trust = file" >>etc/fapolicyd.conf
        : >etc/fapolicyd.trust
        mount --bind etc /etc/fapolicyd && mount --bind var /var/lib/fapolicyd && mount --bind run /run
        mkdir -p /run/fapolicyd && mount -t ramfs none watched
        fagenrules
        : >said
        began=$(date +%s%N)
        fapolicyd --debug-deny >said 2>&1 &
        until grep -q "Starting to listen" said; do kill -0 $!; done
        echo "$(((($(date +%s%N) - began)) / 1000000)) ms, $(awk "/VmHWM/ { print int(\$2 / 1024) }" /proc/$!/status) MB"
        kill $! && wait $!
    ' bash "$1"
}

for count in 1000 100000 500000; do
    rendered fapolicyd sha256 $count
    if has fapolicyd && unshare --mount true 2>/dev/null; then
        echo "fapolicyd, $count digests: starts in" \
            "$(fapolicyd_starts "$work/fapolicyd-$count/etc/fapolicyd/rules.d/05-interdict.rules")"
    fi
done

# A whole plan of a million bans: verified, derived, rendered, compared with a machine, shown. As an ordinary user, who trusts their own folder.
planned() { # BANS BANS-OF-EACH-SUBJECT
    local own=$work/plan-$1-$2
    "$programs/matching-inputs" "$own" "$1" 10 5 "$2"
    mkdir -p "$own/root/var/lib/dpkg" "$own/root/etc"
    cp "$own/status" "$own/root/var/lib/dpkg/status"
    echo ID=debian >"$own/root/etc/os-release"
    chmod 755 "$work" && cp "$programs/client" "$own/client"
    local -a user=()
    if [ "$(id -u)" = 0 ]; then
        chown -R 65534:65534 "$own"
        user=(setpriv --reuid=65534 --regid=65534 --clear-groups env "HOME=$own")
    fi
    client() { "${user[@]}" "$own/client" --allow-example-keys --config "$own/config.toml" --state "$own/state" "$@"; }
    client setup "$own/repository" >/dev/null 2>&1
    local fingerprint
    fingerprint=$(client trust "$own/repository/metadata/1.root.json" 2>&1 | grep -o 'sha256:[0-9a-f]*' | head -n 1 || true)
    client trust "$own/repository/metadata/1.root.json" --fingerprint "$fingerprint" >/dev/null 2>&1
    client sync >/dev/null 2>&1
    timed "plan --target apt, $1 bans, $2 of each subject" "${user[@]}" sh -c '"$@" >/dev/null 2>&1 || test $? -lt 4' sh "$own/client" --allow-example-keys \
        --config "$own/config.toml" --state "$own/state" plan --target apt --enforce --root "$own/root" --out "$own/plan.json"
    echo "the plan: $(wc -c <"$own/plan.json") bytes, $(awk '/"change"/' "$own/plan.json" | wc -l) files"
}

for count in 100000 1000000; do
    planned $count 1000
    planned $count 1
done
