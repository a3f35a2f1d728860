"""Measures programs as whole processes: wall and CPU time, alternating, medians and ratios as a table.

Reads a JSON document from standard input: `rounds`, and `groups`, each with a `title` and `rows`; a row has a `name`, the
`command`, optionally a folder `fresh` that is removed before each run, `copy` that is put in its place, and `floor`, which marks
the row that the others are divided by, and `env`, which is added to the environment. A program that fails ends the measurement.
"""

import json
import os
import shutil
import statistics
import sys
import time


def run(row: dict) -> tuple[float, float]:
    """Wall and CPU time in ms."""
    if "fresh" in row:
        shutil.rmtree(row["fresh"], ignore_errors=True)
        if "copy" in row:
            shutil.copytree(row["copy"], row["fresh"])
    environment = os.environ | row.get("env", {})
    silent = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    began = time.perf_counter()
    child = os.posix_spawn(row["command"][0], row["command"], environment, file_actions=silent)
    _, status, used = os.wait4(child, 0)
    wall = time.perf_counter() - began
    if status != 0:
        sys.exit(f"failed with status {status}: {' '.join(row['command'])}")
    return wall * 1e3, (used.ru_utime + used.ru_stime) * 1e3


def main() -> None:
    wanted = json.load(sys.stdin)
    one, five, fifteen = os.getloadavg()
    print(f"{os.cpu_count()} cores, load {one:.2f} {five:.2f} {fifteen:.2f}; medians of {wanted['rounds']}", end="\n\n")
    for group in wanted["groups"]:
        measured = [[] for _ in group["rows"]]
        # One round that does not count: files are in memory and programs are warm afterwards.
        for number in range(wanted["rounds"] + 1):
            for row, runs in zip(group["rows"], measured):
                result = run(row)
                if number > 0:
                    runs.append(result)
        medians = [[statistics.median(column) for column in zip(*runs)] for runs in measured]
        floor = next(median for row, median in zip(group["rows"], medians) if row.get("floor"))
        print(f"| {group['title']} | wall ms | CPU ms | wall, ratio | CPU, ratio |")
        print("|---|---|---|---|---|")
        for row, (wall, cpu) in zip(group["rows"], medians):
            ratios = f"{wall / floor[0]:.2f} | {cpu / floor[1]:.2f}"
            print(f"| {row['name']} | {wall:.2f} | {cpu:.2f} | {ratios} |")
        print(flush=True)


if __name__ == "__main__":
    main()
