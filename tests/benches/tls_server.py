"""Serves a folder over https, HTTP/1.1 and kept-alive connections: as much as measuring clients needs, and no more.

    tls_server.py FOLDER CERTIFICATE KEY     prints the port
"""

import pathlib
import socket
import ssl
import sys
import threading


def serve(connection: ssl.SSLSocket, folder: pathlib.Path) -> None:
    waiting = b""
    try:
        connection.do_handshake()
        while True:
            while b"\r\n\r\n" not in waiting:
                part = connection.recv(65536)
                if not part:
                    return
                waiting += part
            head, _, waiting = waiting.partition(b"\r\n\r\n")
            name = head.split(b" ", 2)[1].decode().lstrip("/")
            try:
                status, body = b"200 OK", (folder / name).read_bytes()
            except OSError:
                status, body = b"404 Not Found", b""
            connection.sendall(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))
    except (OSError, ValueError):
        pass
    finally:
        connection.close()


def main() -> None:
    folder, certificate, key = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        tls = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=serve, args=(tls, pathlib.Path(folder)), daemon=True).start()


if __name__ == "__main__":
    main()
