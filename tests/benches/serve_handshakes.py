"""Polls over TLS 1.3, each with a connection and a full handshake of its own: PORT PATH SECONDS. Prints what wrk would."""
import asyncio
import ssl
import sys
import time

port, path, seconds = int(sys.argv[1]), sys.argv[2], float(sys.argv[3])
context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
taken = []


async def poll(until):
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    while time.monotonic() < until:
        begun = time.monotonic()
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname="localhost")
        writer.write(request)
        answer = await reader.read(12)
        assert answer == b"HTTP/1.1 200", answer
        await reader.read()
        writer.close()
        taken.append(time.monotonic() - begun)


async def main():
    until = time.monotonic() + seconds
    await asyncio.gather(*(poll(until) for _ in range(8)), return_exceptions=False)


begun = time.monotonic()
asyncio.run(main())
taken.sort()
print(f"{len(taken)} requests in {time.monotonic() - begun:.2f}s")
print(f"Requests/sec: {len(taken) / (time.monotonic() - begun):.2f}")
for part in (50, 99):
    print(f"{part}% {taken[min(len(taken) - 1, len(taken) * part // 100)] * 1e6:.0f}us")
