"""Reads the identifiers of `schema/benches/identifiers.rs` as Python programs do: packageurl-python, univers and cpe from PyPI.

Writes a row a library: what, and identifiers a second of one processor, the best of five rounds over the same 1,000 texts.
"""

import time

from cpe import CPE
from packageurl import PackageURL
from univers.version_range import VersionRange
from univers.versions import (
    AlpineLinuxVersion,
    ArchLinuxVersion,
    DebianVersion,
    GentooVersion,
    MavenVersion,
    NugetVersion,
    PypiVersion,
    RpmVersion,
    RubygemsVersion,
    SemverVersion,
)

TEXTS = range(1_000)


def measure(name, texts, read):
    texts = list(texts)
    best = None
    for _ in range(5):
        start = time.process_time()
        for text in texts:
            read(text)
        spent = time.process_time() - start
        best = spent if best is None else min(best, spent)
    print(f"| {name} | {len(texts) / best:,.0f} |", flush=True)


def parts(number):
    return number % 17, number % 31, number % 101


measure(
    "purl: packageurl-python",
    (f"pkg:deb/debian/package-{n}@{n % 17}.{n % 31}-1?arch=amd64&distro=bookworm" for n in TEXTS),
    PackageURL.from_string,
)
measure(
    "cpe: cpe",
    (f"cpe:2.3:a:vendor_{n}:product\\-{n}:{n % 17}.{n % 31}:*:*:*:*:linux:*:*" for n in TEXTS),
    CPE,
)
measure("range of deb: univers", (f"vers:deb/>={n % 17}.{n % 31}-1|<{n % 17}.{n % 31}-9" for n in TEXTS), VersionRange.from_string)
for name, kind, make in [
    ("deb", DebianVersion, lambda n, a, b, c: f"{n % 3}:{a}.{b}~rc1+dfsg-{c}+deb12u1"),
    ("rpm", RpmVersion, lambda n, a, b, c: f"{n % 3}:{a}.{b}.{c}-{n % 7}.el9"),
    ("apk", AlpineLinuxVersion, lambda n, a, b, c: f"{a}.{b}.{c}_rc1-r{n % 7}"),
    ("alpm", ArchLinuxVersion, lambda n, a, b, c: f"{n % 3}:{a}.{b}.{c}-{n % 7 + 1}"),
    ("pypi", PypiVersion, lambda n, a, b, c: f"{a}.{b}.{c}rc1.post2"),
    ("gem", RubygemsVersion, lambda n, a, b, c: f"{a}.{b}.{c}.pre1"),
    ("maven", MavenVersion, lambda n, a, b, c: f"{a}.{b}.{c}-beta-2"),
    ("gentoo", GentooVersion, lambda n, a, b, c: f"{a}.{b}.{c}_rc1-r{n % 7}"),
    ("nuget", NugetVersion, lambda n, a, b, c: f"{a}.{b}.{c}-rc.1"),
    ("semver", SemverVersion, lambda n, a, b, c: f"{a}.{b}.{c}-rc.1"),
]:
    measure(f"version of {name}: univers", (make(n, *parts(n)) for n in TEXTS), kind)
