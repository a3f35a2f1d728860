#!/usr/bin/env bash
# nginx, lighttpd, h2o and ours on one tree, one after another in rounds, beside a bare epoll loop; CPU of the server for each request
# (from /proc/PID/stat, over all its processes), requests a second, p50 and p99, memory.
#
#   tests/benches/serve.sh [ROUNDS [SECONDS [CORES…]]]     rounds (3), seconds for each load (3), numbers of cores (1 2)
#
# Everything of ours is on: access log (JSON, into /dev/null as the peers' is), metrics, limits, sandbox. Server on core 0, or 0 and 1;
# load from the last core of the machine. On two cores in all, load and server share: CPU for each request is what counts.
#
# INTERDICT_BUILT   the folder of our program, if it is built already
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
rounds=${1:-3}
seconds=${2:-3}
shift $(($# < 2 ? $# : 2))
cores=("${@:-1}")
[ $# -gt 0 ] || cores=(1 2)
for needed in nginx lighttpd h2o wrk h2load openssl cc taskset python3; do
    command -v "$needed" >/dev/null || { echo "skipped: no $needed" >&2; exit 0; }
done
programs=${INTERDICT_BUILT:-}
if [ -z "$programs" ]; then
    (cd "$project" && cargo build --quiet --release -p interdict-publisher)
    programs=${CARGO_TARGET_DIR:-$project/target}/release
fi
ulimit -n "$(ulimit -Hn)"
work=$(mktemp -d)
chmod 755 "$work"
servers=()
cleanup() {
    for server in "${servers[@]}"; do kill "$server" 2>/dev/null && wait "$server" 2>/dev/null || true; done
    rm -rf "$work"
}
trap cleanup EXIT
cd "$work"
cc -O2 -o floor "$here/epoll_floor.c"
mkdir -p tree/metadata tree/targets
python3 - <<'P'
import json
def fill(n, path):
    text = json.dumps({"signed": {"_type": "x", "filler": ""}})
    open(path, "w").write(text[:-3] + "f" * (n - len(text)) + text[-3:])
fill(600, "tree/metadata/1.a.json"); fill(4096, "tree/metadata/1.b.json"); fill(1 << 20, "tree/metadata/1.c.json")
P
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out chain.pem -days 30 \
    -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
cat key.pem chain.pem >both.pem
files=$(ulimit -n)
tls=
[ ! -e /usr/lib/lighttpd/mod_openssl.so ] || tls=', "mod_openssl"'
last=$(($(nproc) - 1))
port=$((20000 + RANDOM % 20000))

# NAME CORES: starts it on $port (http) and $((port + 1)) (https); its process in $server
start() {
    local name=$1 count=$2 set=0
    [ "$count" = 2 ] && set=0,1
    case $name in
    ours)
        taskset -c $set "$programs/interdict-publisher" serve --repo tree --threads "$count" --listen "http://127.0.0.1:$port" \
            --listen "https://127.0.0.1:$((port + 1))" --admin-listen 127.0.0.1:0 --tls-cert chain.pem --tls-key key.pem \
            --max-connections $((files - 256)) --max-connections-per-address 30000 --rate 4000000 --idle-timeout 600 --header-timeout 600 \
            --access-log json >ours.out 2>/dev/null &
        ;;
    nginx)
        cat >nginx.conf <<N
daemon off; worker_processes $count; pid $work/nginx.pid; error_log /dev/null; worker_rlimit_nofile $files;
events { worker_connections $((files - 64)); multi_accept on; }
http { access_log /dev/null combined buffer=64k; sendfile on; tcp_nopush on; keepalive_requests 100000000; keepalive_timeout 600;
 open_file_cache max=1000 inactive=60s; open_file_cache_valid 1s; etag on; types { application/json json; }
 ssl_session_tickets on; ssl_protocols TLSv1.2 TLSv1.3;
 server { listen 127.0.0.1:$port reuseport backlog=4096; listen 127.0.0.1:$((port + 1)) ssl http2 reuseport backlog=4096;
  ssl_certificate $work/chain.pem; ssl_certificate_key $work/key.pem; root $work/tree; add_header Cache-Control "no-cache"; } }
N
        taskset -c $set nginx -c "$work/nginx.conf" 2>/dev/null &
        ;;
    lighttpd)
        cat >lighttpd.conf <<N
server.document-root = "$work/tree"
server.port = $port
server.bind = "127.0.0.1"
server.max-worker = $([ "$count" = 1 ] && echo 0 || echo "$count")
server.max-keep-alive-requests = 1000000
server.max-keep-alive-idle = 600
server.max-connections = $((files / 2 - 64))
server.max-fds = $files
server.modules = ( "mod_accesslog"$tls )
accesslog.filename = "/dev/null"
mimetype.assign = ( ".json" => "application/json" )
N
        if [ -n "$tls" ]; then
            echo "\$SERVER[\"socket\"] == \"127.0.0.1:$((port + 1))\" { ssl.engine = \"enable\" ssl.pemfile = \"$work/both.pem\" }" >>lighttpd.conf
        fi
        taskset -c $set lighttpd -D -f lighttpd.conf 2>/dev/null &
        ;;
    h2o)
        cat >h2o.conf <<N
num-threads: $count
max-connections: $((files - 64))
http1-request-timeout: 600
access-log: /dev/null
hosts:
  default:
    listen: { port: $port, host: 127.0.0.1 }
    paths: { "/": { file.dir: $work/tree } }
  tls:
    listen: { port: $((port + 1)), host: 127.0.0.1, ssl: { certificate-file: $work/chain.pem, key-file: $work/key.pem } }
    paths: { "/": { file.dir: $work/tree } }
N
        taskset -c $set h2o -m worker -c h2o.conf >/dev/null 2>&1 &
        ;;
    floor)
        taskset -c 0 ./floor "$port" "tree/metadata/$3" ${4:-} &
        ;;
    esac
    server=$!
    servers+=("$server")
    for _ in $(seq 200); do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return
        python3 -c 'import time; time.sleep(0.05)'
    done
    echo "$name does not answer" >&2
    return 1
}
stop() {
    kill "$server" 2>/dev/null && wait "$server" 2>/dev/null || true
    servers=()
    port=$((port + 2))
}
family() { echo "$1"; pgrep -P "$1" || true; }
ticks() { # of all processes of a server
    local sum=0 process fields
    for process in $(family "$1"); do
        fields=$(sed 's/.*) //' "/proc/$process/stat" 2>/dev/null) || continue
        # shellcheck disable=SC2086
        set -- $fields
        sum=$((sum + ${12} + ${13}))
    done
    echo "$sum"
}
memory() { # KiB of all processes, private and shared in proportion
    local process sum=0
    for process in $(family "$1"); do
        sum=$((sum + $(awk '/^Pss:/ {s += $2} END {print s + 0}' "/proc/$process/smaps_rollup" 2>/dev/null || echo 0)))
    done
    echo "$sum"
}
# LOAD NAME CORES: runs one load and appends a line: load, cores, server, requests/s, us of CPU, p50 us, p99 us, KiB
measure() {
    local load=$1 name=$2 count=$3 before after said requests rate p50 p99
    before=$(ticks "$server")
    case $load in
    tls)
        said=$(taskset -c "$last" python3 "$here/serve_handshakes.py" $((port + 1)) /metadata/1.a.json "$seconds")
        ;;
    *)
        local file=1.a.json header=()
        case $load in 4KiB) file=1.b.json ;; 1MiB) file=1.c.json ;; 304) header=(-H "If-None-Match: $etag") ;; new) header=(-H 'Connection: close') ;; esac
        said=$(taskset -c "$last" wrk -t1 -c32 -d"${seconds}s" --latency "${header[@]}" "http://127.0.0.1:$port/metadata/$file")
        ;;
    esac
    after=$(ticks "$server")
    requests=$(awk '/requests in/ {print $1}' <<<"$said")
    rate=$(awk '/Requests\/sec/ {print $2}' <<<"$said")
    read -r p50 p99 < <(awk 'function us(t) {return t ~ /ms$/ ? t * 1000 : t ~ /us$/ ? t + 0 : t * 1e6} /50%/ {a = us($2)} /99%/ {b = us($2)} END {print a + 0, b + 0}' <<<"$said")
    echo "$load $count $name $rate $(python3 -c "print(round(($after - $before) * 10000 / max(1, ${requests:-1}), 2))") $p50 $p99 $(memory "$server")" >>results
}
for round in $(seq "$rounds"); do
    for count in "${cores[@]}"; do
        for name in ours nginx lighttpd h2o; do
            start "$name" "$count"
            etag=$(python3 -c "import urllib.request as u; print(u.urlopen('http://127.0.0.1:$port/metadata/1.a.json').headers['ETag'])")
            for load in 600B 4KiB 1MiB 304 new tls; do
                # Without its module, lighttpd has no TLS.
                [ "$name$load$tls" != lighttpdtls ] || continue
                measure "$load" "$name" "$count"
            done
            if [ "$round" = 1 ]; then
                echo "$name $count $(taskset -c "$last" python3 "$here/serve_idle.py" "$port" $((files / 2 > 10128 ? 10000 : files / 2 - 128)) "$server")" >>idle
            fi
            stop
        done
        [ "$count" = 1 ] || continue
        for load in 600B:1.a.json 4KiB:1.b.json 1MiB:1.c.json 304:1.a.json:304; do
            IFS=: read -r name file kind <<<"$load"
            start floor 1 "$file" "${kind:-}"
            etag='"x"'
            measure "$name" floor 1
            stop
        done
    done
done
python3 - <<'P'
import collections, statistics
rows = collections.defaultdict(list)
for line in open("results"):
    load, cores, name, *values = line.split()
    rows[load, cores, name].append([float(value) for value in values])
print(f"load average: {open('/proc/loadavg').read().split()[0]}")
for (load, cores, name), values in sorted(rows.items(), key=lambda row: (row[0][1], row[0][0])):
    rate, cpu, p50, p99, kib = (statistics.median(column) for column in zip(*values))
    def ratio(other):
        there = rows.get((load, cores, other))
        return f"{cpu / statistics.median(v[1] for v in there):5.2f}" if there else "    -"
    print(f"{cores} core  {load:5} {name:9} {rate:9.0f}/s {cpu:8.2f} us CPU  p50 {p50:7.0f} us  p99 {p99:7.0f} us  {kib / 1024:6.1f} MiB"
          f"  CPU of nginx {ratio('nginx')}  of the floor {ratio('floor')}")
for line in open("idle"):
    name, cores, *said = line.split()
    print(f"{cores} core  idle  {name:9} {' '.join(said)}")
P
