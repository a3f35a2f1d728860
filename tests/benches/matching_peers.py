"""Match a table with range rules, as people do it: `matching_peers.py univers|duckdb RULES.tsv TABLE.csv`.

Writes how many rows matched and the seconds from the start of reading, without the start of Python and its imports.

univers: packageurl for the identity, univers for the order of Debian versions, a dictionary by name. One range is parsed once and
one row at a time compared, as their documentation shows; there is no index to use.

duckdb: a join by name and an interval of versions. It has no order of Debian versions, and the versions here are numbers alone, so
they are split into lists of numbers, which DuckDB compares: less than a real comparison does. One thread.
"""

import csv
import sys
import time


def univers(rules, table):
    from packageurl import PackageURL
    from univers.version_range import VersionRange
    from univers.versions import DebianVersion

    start = time.perf_counter()
    ranges = {}
    with open(rules) as lines:
        for name, lower, upper in csv.reader(lines, delimiter="\t"):
            ranges.setdefault(name, []).append(VersionRange.from_string(f"vers:deb/>={lower}|<{upper}"))
    matched = 0
    with open(table, newline="") as lines:
        for row in csv.DictReader(lines):
            purl = PackageURL(type=row["ecosystem"], namespace="debian", name=row["name"], version=row["version"])
            candidates = ranges.get(purl.name)
            if candidates:
                version = DebianVersion(purl.version)
                matched += any(version in candidate for candidate in candidates)
    return matched, time.perf_counter() - start


def duckdb(rules, table):
    import duckdb as database

    start = time.perf_counter()
    connection = database.connect(config={"threads": 1})
    key = "list_transform(string_split_regex({}, '[.-]'), lambda part: part::INT)"
    ((matched,),) = connection.execute(
        f"""
        WITH rules AS (SELECT column0 AS name, {key.format("column1")} AS lower_key, {key.format("column2")} AS upper_key
                       FROM read_csv('{rules}', delim='\t', header=false, all_varchar=true)),
             found AS (SELECT name, version FROM read_csv('{table}', header=true, all_varchar=true)
                       SEMI JOIN rules USING (name)),
             keyed AS (SELECT name, {key.format("version")} AS key FROM found)
        SELECT count(*) FROM keyed JOIN rules USING (name) WHERE key >= lower_key AND key < upper_key
        """
    ).fetchall()
    return matched, time.perf_counter() - start


matched, seconds = {"univers": univers, "duckdb": duckdb}[sys.argv[1]](*sys.argv[2:4])
print(matched, f"{seconds:.3f}")
