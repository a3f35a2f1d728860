"""What idle connections cost: PORT COUNT PROCESS. Opens them, asks once on each, and looks at the memory before and after."""
import resource
import socket
import subprocess
import sys

port, count, process = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)


def kib():
    family = [process, *subprocess.run(["pgrep", "-P", process], capture_output=True, text=True).stdout.split()]
    total = 0
    for each in family:
        with open(f"/proc/{each}/smaps_rollup") as rollup:
            total += sum(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
    return total


before = kib()
request = b"GET /metadata/1.a.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
streams = []
for number in range(count):
    # From several addresses: one has no ports for so many.
    streams.append(socket.create_connection(("127.0.0.1", port), source_address=(f"127.0.0.{2 + number % 8}", 0)))
    streams[-1].sendall(request)
    assert streams[-1].recv(4096).startswith(b"HTTP/1.1 200")
after = kib()
print(f"{count} connections: {before / 1024:.1f} MiB before, {(after - before) / count:.1f} KiB each")
