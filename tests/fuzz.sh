#!/usr/bin/env bash
# A short run of every fuzz target in tests/fuzz, from seeds that our own programs make.
#
#   tests/fuzz.sh [SECONDS] [TARGET …]     seconds for each target (10); all targets unless some are named
#
# With a nightly toolchain and cargo-fuzz these build the targets; otherwise the stable compiler does, with the same
# instrumentation. Needed besides: jq, a C++ compiler. Without them this says so and ends well.
# What crashes a target is left in $CARGO_TARGET_DIR/fuzz/crashes, with the command that shows it again.
set -euo pipefail
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
here=$project/tests/fuzz
seconds=${1:-10}
shift || true
folder=${CARGO_TARGET_DIR:-$project/target}/fuzz
tools=${INTERDICT_TOOLS:-$project/target/tools}
PATH=$tools/bin:$PATH

skip() {
    echo "skipped: $*"
    exit 0
}
command -v jq >/dev/null || skip "no jq, which takes the seeds apart"

# The code under test is safe Rust, so that a sanitizer would cost time and find nothing.
if rustup run nightly rustc --version >/dev/null 2>&1 && cargo fuzz --version >/dev/null 2>&1; then
    (cd "$here" && cargo +nightly fuzz build --fuzz-dir . --sanitizer none --target-dir "$folder/build")
else
    command -v c++ >/dev/null || skip "no C++ compiler, which the engine needs"
    # What cargo-fuzz passes to the compiler: coverage, and debug assertions. A target is named so that build scripts go without.
    llvm="-Cllvm-args=-sanitizer-coverage"
    RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module $llvm-level=4 $llvm-inline-8bit-counters $llvm-pc-table $llvm-trace-compares -Cdebug-assertions" \
        cargo build --quiet --release --manifest-path "$here/Cargo.toml" --target-dir "$folder/build" \
        --target "$(rustc -vV | sed -n 's/^host: //p')"
fi
binaries=$(echo "$folder"/build/*/release)

targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(basename -s .rs "$here"/fuzz_targets/*.rs)

# Seeds: the shipped examples, and everything that a whole demonstration writes.
seeds=$folder/seeds
rm -rf "$seeds"
for target in "${targets[@]}"; do mkdir -p "$seeds/$target"; done
seed() { # TARGET FILE
    [ ! -d "$seeds/$1" ] || cp "$2" "$seeds/$1/$(sha256sum <"$2" | cut -c 1-16)"
}
(cd "$project" && cargo run --quiet --package interdict-tests --bin demo -- --dir "$folder/demonstration" >"$folder/demonstration.log" 2>&1)
part=$folder/part
while IFS= read -r -d '' file; do
    seed json "$file"
    case $(jq -r '.signed._type // .payloadType // .format // ""' <"$file" 2>/dev/null || true) in
    root | timestamp | snapshot | targets) seed metadata "$file" ;;
    *issuers*)
        seed envelope "$file"
        jq -j .payload "$file" | base64 -d >"$part" && seed issuers "$part"
        ;;
    application/*)
        seed envelope "$file"
        jq -j .payload "$file" | base64 -d >"$part" && seed directive "$part" && seed draft "$part"
        ;;
    interdict-directive/*) seed directive "$file" ;;
    interdict-*) seed store "$file" ;;
    esac
done < <(find "$folder/demonstration" -name '*.json' -size -64k -print0)
while IFS= read -r -d '' file; do
    tail -c +66 "$file" >"$part" && seed store "$part" # without the digest on its first line
done < <(find "$folder/demonstration" -name memory.json -print0)
for file in "$project"/docs/examples/directives/*; do
    seed draft "$file"
    seed directive "$file"
done
seed entity_list "$project/publisher/src/draft/entity-list.jsonc"
printf 'a.example\nb.example\n' >"$part" && seed entity_list "$part"
for file in "$project"/docs/examples/inventories/*; do seed inventory "$file"; done
for file in "$project"/docs/examples/kev*; do seed kev "$file"; done
while IFS= read -r -d '' file; do seed store "$file"; done < <(find "$folder/demonstration" \( -name SHA256SUMS -o -name config.toml \) -print0)
if [ -d "$seeds/bundle" ]; then
    (
        cd "$folder/demonstration"
        # shellcheck disable=SC1091
        . ./env.sh
        interdict bundle export "$part.tar" >/dev/null
    )
    seed bundle "$part.tar"
    rm "$part.tar"
fi
if [ -d "$seeds/identifier" ] || [ -d "$seeds/purl" ] || [ -d "$seeds/cpe" ]; then
    mkdir -p "$seeds/identifier"
    number=0
    while IFS= read -r line; do
        number=$((number + 1))
        printf '%b' "$line" >"$seeds/identifier/$number"
        case $line in pkg:*) [ ! -d "$seeds/purl" ] || cp "$seeds/identifier/$number" "$seeds/purl" ;; esac
        case $line in cpe:*) [ ! -d "$seeds/cpe" ] || cp "$seeds/identifier/$number" "$seeds/cpe" ;; esac
    done <<'LINES'
pkg:npm/%40kaspersky/sdk@1.0\npkg:npm/%40kaspersky\n*
pkg:golang/github.com/kaspersky/a/v2\npkg:golang/github.com/kaspersky\npkg:maven/com.kaspersky
pkg:git/github.com/A/b@1#x/y\npkg:git/github.com/a\npkg:julia/A?uuid=1
cpe:/a:hp:insight:7.4.0:-:~~online~win2003~x64~:en\ncpe:2.3:h:-:?a:*\ncpe:2.3:a:v:p:1\\\\.*
pkg:deb/debian/openssl@3.0.11-1~deb12u2?arch=amd64&distro=debian-12#a/b\npkg:deb/debian/openssl@3.0.11\nvers:deb/<3.0.11-1
pkg:npm/%40angular/core@16.0.0\npkg:npm/%40angular/core@16.0.1\nvers:npm/>=16.0.0|<16.0.1
cpe:2.3:a:kaspersky:anti-virus:*:*:*:*:*:*:*:*\ncpe:/a:kaspersky:anti-virus:21.3\n*
cpe:2.3:a:7-zip:7-zip:16.0?:*:*:*:*:*:x64:*\ncpe:2.3:a:7-zip:7-zip:16.04:-:*:*:*:*:x64:*\n*
CVE-2017-0144\n203.0.113.0/24\nvers:generic/*
2001:db8::/32\nAS64496\nvers:semver/1.0.0
HKLM\\Software\\Kaspersky\nexample.org\n1.2.3
deb/openssl\nopenssl\n*
%ProgramFiles%\\Kaspersky Lab\\**\\kl?.exe\nC:\\Program Files (x86)\\Kaspersky Lab\\a\\klx.exe\n*
~/a*/b\n/home/anna/ab/b/c\n*
HKCU\\Software\\Kl*\nHKU\\S-1-5-21-1\\Software\\WOW6432Node\\KL\\x\n*
kaspersky/kesl:11\nghcr.io:443/kaspersky/kesl@sha256:aa\n*
CN="Kaspersky Lab, Inc.", O=AO Kaspersky Lab\nkl*.exe\n*
192.0.2.0/24\n::ffff:192.0.2.1\n*
xn--bcher-kva.example\nwww.B\xc3\xbccher.example\n*
LINES
fi
if [ -d "$seeds/version" ]; then
    number=0
    while IFS= read -r line; do
        number=$((number + 1))
        printf '%b' "$line" >"$seeds/version/$number"
    done <<'LINES'
1:2.36.1-8+deb12u1\n2.36.1-8~rc1\n2.36.1-8
1.0_rc1-r0\n1.0b_p2~0a1b-r3\n1.05
1:1.0a-1\n1.0..a-1.1\n1_0
1.0-SNAPSHOT\n1.0.0.Beta1\n1-ga-1
13.0.2-beta1\n1.0.0.1-RC.10+meta\n[1.0,2.0)
7.0.0.rc1\n1.0-x.2\n~> 2.0.8, != 2.1
1.0.2zg\n3.0.0-alpha2-dev\n3.0.6, 1.1.1r
2-\ncci.20200203\n[^0.1.2 || ~1, include_prerelease]
1990-12-31T15:59:60-08:00\n1990-12-31T23:59:59.5Z\n1.5.0+, 1.4.1+
1!2.0rc1.post2.dev3+local.1\n1.0.0-alpha.beta\nv1.2.3-0.20240101000000-abcdefabcdef
>=1.0|!=1.5|<2.0\n1.5\n2.0~rc1
1|>2|<=3|5\n^1.2.3-beta || ~0.8.0-pre\n1.2.3-beta.1
1.0-1|<1:2.0-2\n1.0\n~=1.2, !=1.2.4
1%212.0\n*\n2024-01-01T00:00:00Z|>2024-02-01T00:00:00Z
LINES
fi

if [ -d "$seeds/range" ]; then
    number=0
    while IFS= read -r line; do
        number=$((number + 1))
        printf '%b' "$line" >"$seeds/range/$number"
    done <<'LINES'
vers:deb/>=1.0|!=1.5|<2.0\n1.5\n2.0~rc1\n1.0
vers:npm/1.0.0|>2.0.0|<=3.0.0|5.0.0\n2.5.0\n3.0.0\n4.0.0
vers:rpm/1.0-1|<1:2.0-2\n1.0\n1:1\n0
vers:golang/>=v1.2.3|<v2.0.0\nv1.2.4\nv1.2.3-0.20240101000000-abcdefabcdef\n1
npm ^1.2.3-beta || ~0.8.0-pre\n1.2.3-beta.1\n1.3.0\n2.0.0
pypi ~=1.2, !=1.2.4\n1.2.4\n1.2.5\n1.3
gem ~> 2.0.8, != 2.1\n2.0.9\n2.1\n3
maven [1.0,2.0),[3.0,)\n1.5\n2.0\n3.1
conan [^0.1.2 || ~1, include_prerelease]\n0.1.3\n1.0\n2
openssl 3.0.6, 1.1.1r\n3.0.6\n1.1.1q\nnginx 1.5.0+, 1.4.1+
LINES
fi

mkdir -p "$folder/crashes"
failed=0
for target in "${targets[@]}"; do
    corpus=$folder/corpus/$target
    log=$folder/$target.log
    mkdir -p "$corpus"
    if "$binaries/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 \
        -artifact_prefix="$folder/crashes/$target-" "$corpus" "$seeds/$target" >"$log" 2>&1; then
        printf '%-12s %s inputs, %s new\n' "$target" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" \
            "$(sed -n 's/^stat::new_units_added: *//p' "$log")"
    else
        failed=1
        grep -aE 'panicked|ERROR|Test unit written' -A 2 "$log" | tail -20 || tail -20 "$log"
        echo "$target FAILED; again: $binaries/$target $(ls -t "$folder/crashes/$target-"* | head -1)"
    fi
done
exit $failed
