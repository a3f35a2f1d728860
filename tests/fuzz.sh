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
# An inventory is read by the reader that its first line names; without a name, by the one that its content asks for.
for file in "$project"/docs/examples/inventories/*; do
    [ -f "$file" ] && [ "$(stat -c %s "$file")" -lt 65000 ] || continue
    { echo; cat "$file"; } >"$part" && seed inventory "$part"
done
number=0
while IFS= read -r line; do
    number=$((number + 1))
    printf '%b' "$line" >"$part" && seed inventory "$part"
    # As PowerShell writes it, and packed.
    case $line in windows*)
        { echo "${line%%\\n*}"; printf '%b' "${line#*\\n}" | iconv -f UTF-8 -t UTF-16; } >"$part" && seed inventory "$part" ;;
    *)
        { echo; printf '%b' "${line#*\\n}" | gzip -n; } >"$part" && seed inventory "$part" ;;
    esac
done <<'LINES'
dpkg\nPackage: kesl\nStatus: install ok installed\nVersion: 11.4-1\nMaintainer: AO Kaspersky <a@b>\nSource: kesl-src (1)\n\nPackage: b\nStatus: deinstall ok config-files\n
dpkg-list\n+++-====-====-====-====\nii  kesl:amd64 11.4 amd64 x\nkesl\\t11.4\n
rpm-qa\nkesl-11.4.0-1135.x86_64\nrpm\\tkesl\\t1\\t11.4.0\\t1135\\tx86_64\\tAO Kaspersky Lab\\tp\\tkesl-1-1.src.rpm\n
apk\nC:Q1\nP:kesl\nV:1\no:b\nm:c <d>\n\nP:b\nV:2\n
alpm\n%NAME%\nkesl\n\n%VERSION%\n1\n\n%NAME%\nb\n
flatpak\n[Application]\nname=a.b.C\nruntime=d\n
snap\n{"data":{"snaps":{"kesl":{"current":"1","active":true,"sequence":[]}}},"changes":{},"tasks":{}}
snap\nname: kesl\nversion: '1'\nsummary: x\n
python\nMetadata-Version: 2.1\nName: kesl\nVersion: 1\nAuthor: b <c>\nMaintainer-email: "b" <c@d>\n\nd\n
npm\n{"name":"@s/kesl","version":"1","main":"x","author":{"name":"b"},"maintainers":["c <d>"]}
npm\n{"lockfileVersion":3,"packages":{"node_modules/@s/a":{"version":"1"},"":{"name":"b"}},"dependencies":{"a":{"version":"1","dependencies":{"b":{"version":"2"}}}}}
cyclonedx\n{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"component":{"name":"x"}},"components":[{"type":"library","bom-ref":"r","name":"kesl","group":"g","version":"1","purl":"pkg:deb/d/kesl@1","cpe":"cpe:2.3:a:b:c:1:*:*:*:*:*:*:*","hashes":[{"alg":"SHA-256","content":"00"}],"components":[{"name":"a"}]}],"vulnerabilities":[{"id":"CVE-2017-0144","affects":[{"ref":"r"}],"analysis":{"state":"not_affected"}}]}
spdx\n{"spdxVersion":"SPDX-2.3","packages":[{"name":"kesl","SPDXID":"p","supplier":"Person: b (c@d)","externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:npm/a@1"}],"checksums":[{"algorithm":"SHA256","checksumValue":"0"}]}],"files":[{"fileName":"/a","checksums":[{"algorithm":"SHA256","checksumValue":"0"}]}]}
spdx-tag-value\n# a\nSPDXVersion: SPDX-2.2\nC: <text>a\nb</text>\nPackageName: kesl\nSPDXID: b\nPackageVersion: 1\nPackageSupplier: Organization: AO Kaspersky Lab\nExternalRef: PACKAGE-MANAGER purl pkg:npm/a@1\nPackageChecksum: SHA256: 00\nFileName: /a\n
osquery\n{"name":"programs","hostIdentifier":"h","unixTime":1,"epoch":0,"counter":0,"columns":{"name":"kesl","path":"/a"},"action":"added"}\n{"name":"programs","hostIdentifier":"h","unixTime":2,"epoch":0,"counter":1,"columns":{"name":"kesl","path":"/a"},"action":"removed"}\n
osquery\n{"name":"deb_packages","hostIdentifier":"h","unixTime":1,"epoch":0,"counter":0,"diffResults":{"added":[{"name":"kesl","version":"1"}],"removed":""}}\n{"name":"deb_packages","hostIdentifier":"h","unixTime":2,"epoch":1,"counter":0,"action":"snapshot","snapshot":[{"name":"b"}]}\n
windows-reg\nREGEDIT4\n\n[HKEY_LOCAL_MACHINE\\\\SOFTWARE\\\\Microsoft\\\\Windows\\\\CurrentVersion\\\\Uninstall\\\\a]\n"DisplayName"="Kaspersky \\\\"b"\n"DisplayVersion"="1"\n"Publisher"=hex(2):61,\\\\\n  00,00,00\n"SystemComponent"=dword:00000001\n
windows-programs\n[{"DisplayName":"kesl","DisplayVersion":"1","Publisher":"b","PSPath":"R::HKLM\\\\\\\\a"}]
windows-programs-csv\n#TYPE a\n"DisplayName","DisplayVersion","Publisher","PSPath"\n"kesl","1","b","R::HKLM\\\\a"\n
windows-appx\n{"Name":"kesl","PackageFamilyName":"a_b","Publisher":"CN=a, O=b","Version":"1"}
macos\n{"SPApplicationsDataType":[{"_name":"kesl","path":"/a","version":"1","signed_by":["Developer ID Application: a (2Y8XE5CQ94)"]}],"SPInstallHistoryDataType":[{"_name":"b"}]}
sarif\n{"version":"2.1.0","runs":[{"tool":{"driver":{"rules":[{"id":"CVE-2017-0144-a","properties":{"purls":["pkg:npm/a@1"]}}]}},"results":[{"ruleId":"CVE-2017-0144-a","locations":[{"physicalLocation":{"artifactLocation":{"uri":"a"}}}]}]}]}
grype\n{"matches":[{"vulnerability":{"id":"GHSA-x"},"relatedVulnerabilities":[{"id":"CVE-2017-0144"}],"artifact":{"name":"kesl","version":"1","type":"deb","purl":"pkg:npm/a@1","cpes":["cpe:2.3:a:b:c:1:*:*:*:*:*:*:*"]}}],"source":{"type":"image","target":{"userInput":"a:1"}}}
trivy\n{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Type":"debian","Packages":[{"ID":"i","Name":"kesl","Version":"1","Identifier":{"PURL":"pkg:npm/a@1"}}],"Vulnerabilities":[{"VulnerabilityID":"CVE-2017-0144","PkgID":"i","PkgName":"kesl"}]}]}
osv\n{"results":[{"source":{"path":"/a"},"packages":[{"package":{"name":"a:b","version":"1","ecosystem":"Maven"},"vulnerabilities":[{"id":"GHSA-x","aliases":["CVE-2017-0144"]}]}]}]}
jsonl\n{"format":"interdict-inventory/1","host":"h"}\n{"name":"kesl","path":["/a"],"purl":"pkg:npm/a@1","sha256":"00","vendor":"v"}\n
csv\nname,version,vendor,product,purl,cpe,host,path,domain,ip\nkesl,1,v,"p ""q""",pkg:deb/d/a@1,cpe:2.3:a:b:c,h,/a,a.b,::1\n
csv\nProduct;Publisher\nkesl;AO Kaspersky Lab\n
LINES
if [ -d "$seeds/inventory" ] && command -v rpm >/dev/null; then
    rpm --dbpath "$folder/rpmdb" --define '_db_backend sqlite' --initdb 2>/dev/null || true
fi
for database in "$folder"/rpmdb/rpmdb.sqlite; do
    [ ! -f "$database" ] || { { echo rpm-sqlite; cat "$database"; } >"$part" && seed inventory "$part"; }
done
# Files of a machine: a line `=x` begins one (PLACES in the target says which).
number=0
while IFS= read -r line; do
    [ ! -d "$seeds/machine" ] || printf '%b' "$line" >"$part" && seed machine "$part"
done <<'LINES'
=a\nPackage: kesl\nStatus: install ok installed\nVersion: 11.4-1\n\n=u\nID=debian\n\n=v\nhost\n
=b\nPackage: kesl\nVersion: 1\n
=f\nC:Q1\nP:kesl\nV:1\no:b\nm:c <d>\n\n
=g\n%NAME%\nkesl\n\n%VERSION%\n1\n\n
=a\n\n=h\n[Application]\nname=a.b.C\nruntime=d\n\n=i\n{"data":{"snaps":{"kesl":{"current":"1","active":true,"sequence":[{"revision":"1"}]}}}}\n=j\nname: kesl\nversion: 1\n
=a\n\n=k\nMetadata-Version: 2.1\nName: kesl\nVersion: 1\n\n=l\n{"name":"kesl","version":"1"}
=t\nanna:x:1000:1000::/home/anna:/bin/sh\n=m\n{"extensions":{"settings":{"aaaabbbbccccddddeeeeffffgggghhhh":{"path":"/opt/x","state":1,"disable_reasons":0,"manifest":{"name":"n","version":"1","author":"a"}}}}}\n=n\n{"extensions":{"settings":{}}}\n=o\n{"name":"__MSG_appName__","version":"1.0","default_locale":"en","author":{"email":"a@b"}}\n=p\n{"appName":{"message":"Kaspersky Protection"}}
=q\n[Profile0]\nName=x\nIsRelative=1\nPath=x.default\n\n=r\n{"addons":[{"id":"kl@kaspersky.com","version":"1","type":"extension","active":true,"path":"/a.xpi","defaultLocale":{"name":"Kaspersky","creator":"AO Kaspersky Lab"}}]}\n=s\n
=w\nkesl\n=x\n/opt/kaspersky/kesl\n=y\n1 (kesl) S 0 1 1 0 -1 4194560\n=z\nName:\tkesl\nUid:\t0\t0\t0\t0\n
LINES
# Identifiers that somebody asks about.
while IFS= read -r line; do
    [ ! -d "$seeds/asked" ] || printf '%b' "$line" >"$part" && seed asked "$part"
done <<'LINES'
pkg:deb/debian/kesl@11?arch=amd64#a
deb:kesl@11.4-1
npm:@scope/name@1.0
cpe:2.3:a:kaspersky:anti-virus:21.3:*:*:*:*:*:*:*
sha256:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a
CVE-2017-0144
www.b\xc3\xbccher.example
2001:db8::1
kasp\xe2\x80\x8bersky
LINES
if [ -d "$seeds/exceptions" ]; then
    cat >"$part" <<'TOML'
[[exception]]
id = "press-box"
directive = "BOD-17-01"
part = "kaspersky"
identifier = { kind = "package", value = "deb:kesl" }
asset = "web-01"
from = 2026-11-01
until = 2026-12-01
reason = "r"
approved_by = "b"
TOML
    seed exceptions "$part"
    cat >"$part" <<'JSON'
{"format":"interdict-waiver/1","id":"BOD-18-01-3DES","revision":1,"status":"in-force","title":"t","issuer":"cisa","issued":"2018-01-01",
"target":{"id":"BOD-18-01","digest":"0000000000000000000000000000000000000000000000000000000000000000","part":"a"},
"beneficiaries":["x"],"conditions":["c"],"from":"2018-01-01","until":"2018-02-01","granted_by":"b"}
JSON
    seed exceptions "$part"
fi
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
