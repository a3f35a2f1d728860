#!/usr/bin/python3
"""Writes the SHA-256 digests that are banned from now on, one a line, for a scanner that reads such a list.

A hook of `interdict apply`:
  sudo install -m 0755 -o root -g root 20-hashes.py /etc/interdict/hooks.d/
The first argument is the folder of the active policy, the second the plan that was carried out.
"""
import datetime
import json
import os
import pathlib
import sys
import tempfile

OUT = pathlib.Path("/run/interdict-apply/banned.sha256")


def in_force(rule, now):
    """A rule blocks from a moment, to the last second of another, and not while it is waived."""
    begins, until, waived = rule.get("block_from"), rule.get("until"), rule.get("waived_until")
    return bool(begins) and begins <= now and (not until or now <= until) and (not waived or waived < now)


def digests(folder, now):
    policy = json.loads((folder / "policy.json").read_text(encoding="utf-8"))
    for rule in policy["rules"]:
        if in_force(rule, now):
            for identifier in rule["identifiers"]:
                # What the issuer itself relies on little is a question for a person.
                if identifier["kind"] == "sha256" and identifier.get("confidence", "high") in ("high", "medium"):
                    yield identifier["value"].lower()


def main():
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    lines = sorted(set(digests(pathlib.Path(sys.argv[1]), now)))
    # The unit makes this folder; by hand it may not be there yet.
    OUT.parent.mkdir(mode=0o755, exist_ok=True)
    # Whole or not at all: the scanner may read at any moment.
    with tempfile.NamedTemporaryFile("w", dir=OUT.parent, delete=False) as staged:
        staged.writelines(line + "\n" for line in lines)
    os.chmod(staged.name, 0o644)
    os.replace(staged.name, OUT)
    print(f"{len(lines)} digests in {OUT}")


if __name__ == "__main__":
    main()
