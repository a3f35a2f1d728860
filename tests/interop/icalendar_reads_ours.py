"""Reads a calendar of `interdict due --ics` with a library by others, and compares it with `interdict due --json`.

    icalendar_reads_ours.py CALENDAR.ics DUE.json
"""

import datetime
import json
import sys

import icalendar

calendar_path, due_path = sys.argv[1:]
with open(calendar_path, "rb") as file:
    octets = file.read()
with open(due_path, "rb") as file:
    due = json.load(file)

lines = octets.split(b"\r\n")
assert lines[-1] == b"", "the last line ends too"
assert not any(b"\n" in line or b"\r" in line for line in lines), "every line ends with CRLF"
assert max(map(len, lines)) <= 75, "a line is longer than 75 octets"

calendar = icalendar.Calendar.from_ical(octets)
assert str(calendar["VERSION"]) == "2.0" and calendar["PRODID"]
assert not calendar.errors, calendar.errors
found = {}
uids = set()
for event in calendar.walk("VEVENT"):
    assert not event.errors, event.errors
    uid = str(event["UID"])
    assert uid not in uids, f"{uid} stands twice"
    uids.add(uid)
    stamp = event["DTSTAMP"].dt
    assert stamp.tzinfo is not None and stamp.utcoffset() == datetime.timedelta(0), "DTSTAMP is in UTC"
    assert int(event["SEQUENCE"]) >= 0
    assert str(event["STATUS"]) in ("CONFIRMED", "TENTATIVE", "CANCELLED")
    name = str(event["SUMMARY"]).split(":")[0]
    found.setdefault(name, set()).add(event["DTSTART"].dt)

dated = [row for row in due["deadlines"] if "at" in row]
assert dated, "nothing is due"
for row in dated:
    there = row["issuer_time"].split("[")[0]
    moment = datetime.datetime.fromisoformat(there)
    whole_day = moment.time() == datetime.time(23, 59, 59)
    start = moment.date() if whole_day else moment.astimezone(datetime.timezone.utc)
    name = f"{row['directive']} {row['action']}"
    assert start in found.get(name, ()), f"{name}: {start} is not among {found.get(name)}"
again = icalendar.Calendar.from_ical(calendar.to_ical())
assert len(again.walk("VEVENT")) == len(uids), "what the library writes again has the same events"
print(f"{len(uids)} events, {len(dated)} deadlines")
