"""Writes a CycloneDX 1.6 document of about so many megabytes, the same bytes at every run: MEGABYTES INDENT FILE, where an
indentation of 0 means one line.

Each component says of itself what the usual generators say: a package URL, two CPE names in three, digests, licences, properties,
external references, where it was found, what it depends on; one in twelve has components inside. Three in ten are packages of
Debian, of which one in ten is named by a rule of `matching-inputs`.
"""

import json
import random
import sys

LICENSES = ["MIT", "Apache-2.0", "BSD-3-Clause", "GPL-2.0-or-later", "LGPL-2.1-only", "MPL-2.0"]
WORDS = "reads writes a library of small tools for parsing text and sending it over the network with \"quotes\" and tests".split()


def digest(algorithm: str, length: int) -> dict:
    return {"alg": algorithm, "content": f"{random.getrandbits(length):0{length // 4}x}"}


def component(number: int, inside: bool = False) -> dict:
    kind = random.choices(["deb", "npm", "maven", "pypi", "golang"], [30, 30, 20, 12, 8])[0]
    version = f"{random.randrange(9)}.{random.randrange(20)}.{random.randrange(40)}"
    name, group, path = f"package-{random.randrange(50000)}", None, f"/usr/share/doc/{number}/copyright"
    if kind == "deb":
        version = f"2.{random.randrange(20)}-{random.randrange(1, 9)}"
        purl = f"pkg:deb/debian/{name}@{version}?arch=amd64&distro=debian-12&upstream={name}-src"
    elif kind == "npm":
        name, group = f"part-{random.randrange(30000)}", f"@scope{random.randrange(400)}"
        purl = f"pkg:npm/%40{group[1:]}/{name}@{version}"
        path = f"/app/node_modules/{group}/{name}/package.json"
    elif kind == "maven":
        name, group = f"module-{random.randrange(20000)}", f"org.example.project{random.randrange(900)}"
        purl = f"pkg:maven/{group}/{name}@{version}?type=jar"
        path = f"/srv/app/lib/{name}-{version}.jar"
    elif kind == "pypi":
        purl = f"pkg:pypi/tool-{random.randrange(9000)}@{version}"
        name = purl[9:].split("@")[0]
    else:
        name = f"github.com/owner{random.randrange(3000)}/repository{random.randrange(50)}"
        purl = f"pkg:golang/{name}@v{version}"
    host = f"https://code.example.org/{kind}/{name.strip('@')}"
    made = {
        "bom-ref": f"{purl}{'&' if '?' in purl else '?'}package-id={random.getrandbits(64):016x}",
        "type": "library",
        "publisher": f"Maintainer {random.randrange(700)} <m{random.randrange(700)}@example.org>",
    }
    if group:
        made["group"] = group
    made |= {"name": name, "version": version, "description": " ".join(random.choices(WORDS, k=random.randrange(5, 20)))}
    if random.random() < 0.9:
        made["hashes"] = [digest("SHA-1", 160), digest("SHA-256", 256)]
        if kind == "npm":
            made["hashes"].append(digest("SHA-512", 512))
    license = random.choice(LICENSES)
    made["licenses"] = [{"license": {"id": license, "url": f"https://opensource.example.org/licenses/{license}"}}]
    if random.random() < 0.67:
        made["cpe"] = f"cpe:2.3:a:{name.split('/')[-1]}:{name.split('/')[-1]}:{version}:*:*:*:*:*:*:*"
    made["purl"] = purl
    made["externalReferences"] = [{"type": "website", "url": host}, {"type": "vcs", "url": f"git+{host}.git"},
        {"type": "distribution", "url": f"https://registry.example.org/{kind}/{number}.tgz", "comment": "as it was fetched"}]
    made["properties"] = [
        {"name": "scanner:package:foundBy", "value": f"{kind}-cataloger"},
        {"name": "scanner:package:type", "value": kind},
        {"name": "scanner:package:metadataType", "value": f"{kind}-db-entry"},
        {"name": "scanner:location:0:path", "value": path},
        {"name": "scanner:location:0:layerID", "value": f"sha256:{random.getrandbits(256):064x}"},
        {"name": "scanner:metadata:installedSize", "value": str(random.randrange(100000))},
    ]
    made["evidence"] = {"identity": [{"field": "purl", "confidence": 0.8, "methods": [
        {"technique": "manifest-analysis", "confidence": 0.8, "value": path}]}], "occurrences": [{"location": path}]}
    if not inside and number % 12 == 0:
        made["components"] = [component(number, True) for _ in range(random.randrange(1, 4))]
    return made


def main() -> None:
    megabytes, indent, name = int(sys.argv[1]), int(sys.argv[2]) or None, sys.argv[3]
    random.seed(1)
    separators = None if indent else (",", ":")

    def text(value: object) -> str:
        lines = json.dumps(value, indent=indent, separators=separators, ensure_ascii=False)
        return lines.replace("\n", "\n" + " " * 2 * indent) if indent else lines

    line = "\n" if indent else ""
    with open(name, "w", encoding="utf-8") as file:
        subject = {"bom-ref": "it", "type": "container", "name": "registry.example.org/product", "version": "7.2"}
        head = {"$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.6",
            "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79", "version": 1,
            "metadata": {"timestamp": "2026-01-15T12:00:00Z", "component": subject}}
        file.write(json.dumps(head, indent=indent, separators=separators)[:-1].rstrip() + "," + line + '"components":[' + line)
        written, references, number = 0, [], 0
        # A tenth of it are the dependencies.
        while written < megabytes * 1_000_000 * 9 // 10:
            made = component(number)
            references.append(made["bom-ref"])
            written += file.write((("," + line) if number else "") + text(made))
            number += 1
        file.write(line + '],' + line + '"dependencies":[' + line)
        for place, reference in enumerate(references):
            if written >= megabytes * 1_000_000:
                break
            needs = {"ref": reference, "dependsOn": random.choices(references, k=random.randrange(6))}
            written += file.write((("," + line) if place else "") + text(needs))
        file.write(line + "]}" + line)


main()
