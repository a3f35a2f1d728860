# The first process of a machine: keeps the system's log in /run/machine/log, and waits for children that nobody else waits for.
import os, signal, socket

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
log.bind("/dev/log")
os.chmod("/dev/log", 0o666)
kept = open("/run/machine/log", "ab", buffering=0)
print("ready", flush=True)
while True:
    kept.write(log.recv(65536).rstrip(b"\0\n") + b"\n")
