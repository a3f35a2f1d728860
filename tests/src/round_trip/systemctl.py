#!/usr/bin/python3 -I
# Stands in for systemd, which no test may talk to: start, stop, restart, reload and is-active of one service, by the lines of its
# own unit file. Types simple, notify and forking; Exec lines, EnvironmentFile and PIDFile. Nothing of the sandbox.
import os, shlex, signal, socket, subprocess, sys, time

FOLDERS = ("/etc/systemd/system", "/lib/systemd/system")
verb, name = sys.argv[1], sys.argv[-1]
unit = {}
path = next(p for p in (f"{folder}/{name}" for folder in FOLDERS) if os.path.exists(p))
for line in open(path):
    key, equals, value = line.strip().partition("=")
    if equals and not key.startswith("#"):
        unit.setdefault(key, []).append(value)
environment = dict(PATH="/usr/sbin:/usr/bin:/sbin:/bin")
for file in unit.get("EnvironmentFile", []):
    if os.path.exists(file.lstrip("-")):
        for word in shlex.split(open(file.lstrip("-")).read(), comments=True):
            key, equals, value = word.partition("=")
            environment[key] = value
kept = f"/run/machine/{name}"
out = open(f"{kept}.out", "ab")


def words(line):
    all = []
    for word in shlex.split(line):
        all += shlex.split(environment.get(word[1:], "")) if word.startswith("$") else [word]
    return all


def run(key):
    for line in unit.get(key, []):
        status = subprocess.run(words(line.lstrip("-+")), env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        if status.returncode != 0 and not line.startswith("-"):
            sys.exit(f"{name}: {line} ended with {status.returncode}")


def alive(pid):
    try:
        return open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def running():
    try:
        pid = int(open(f"{kept}.pid").read())
    except (OSError, ValueError):
        return None
    return pid if alive(pid) else None


def stop():
    pid = running()
    if pid is not None:
        os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + 60
        while alive(pid):
            if time.monotonic() > end:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.005)
        run("ExecStopPost")
    for file in unit.get("PIDFile", []):
        if os.path.exists(file):
            os.remove(file)


def start():
    run("ExecStartPre")
    kind = unit.get("Type", ["simple"])[-1]
    told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    if kind == "notify":
        told.bind(f"\0{kept}.{os.getpid()}")
        environment["NOTIFY_SOCKET"] = f"@{kept}.{os.getpid()}"
        told.settimeout(0.05)
    started = subprocess.Popen(
        words(unit["ExecStart"][-1]), env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
    )
    pid = started.pid
    if kind == "forking":
        if started.wait() != 0:
            sys.exit(f"{name} ended with {started.returncode}")
        file, end = unit["PIDFile"][-1], time.monotonic() + 60
        while True:
            try:
                pid = int(open(file).read())
                break
            except (OSError, ValueError):
                if time.monotonic() > end:
                    sys.exit(f"{name} wrote no {file}")
                time.sleep(0.005)
    while kind == "notify":
        try:
            if b"READY=1" in told.recv(4096).split(b"\n"):
                break
        except TimeoutError:
            if started.poll() is not None:
                sys.exit(f"{name} ended with {started.returncode}")
    open(f"{kept}.pid", "w").write(str(pid))


if verb == "is-active":
    print("active" if running() else "inactive")
    sys.exit(0 if running() else 3)
if verb in ("stop", "restart"):
    stop()
if verb in ("start", "restart"):
    start()
if verb == "reload":
    environment["MAINPID"] = str(running())
    run("ExecReload")
