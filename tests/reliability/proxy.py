"""A TCP proxy that cuts a share of the connections after the request went through: the server did it, nobody was told."""

import contextlib
import random
import socket
import socketserver
import threading
from typing import Self

from tests.running import PATIENCE


class _Handler(socketserver.BaseRequestHandler):
    server: "CuttingProxy"

    def handle(self) -> None:
        with socket.create_connection(("127.0.0.1", self.server.target), timeout=PATIENCE) as onward:
            cut = self.server.draw()
            # When the client has had enough, so has the server: a kept connection would hold four descriptors and two
            # threads until the server lets go of it, and thousands of requests are more than a process may have.
            upstream = threading.Thread(target=self._pump, args=(self.request, onward), daemon=True)
            upstream.start()
            with contextlib.suppress(OSError):
                first = onward.recv(65536)
                if cut:
                    # The response exists; it is thrown away and the line goes dead.
                    self.server.cut += 1
                else:
                    while first:
                        self.request.sendall(first)
                        first = onward.recv(65536)
            with contextlib.suppress(OSError):
                self.request.shutdown(socket.SHUT_RDWR)

    @staticmethod
    def _pump(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


class CuttingProxy(socketserver.ThreadingTCPServer):
    """Forwards 127.0.0.1:`port` to `target`, cutting `share` of the connections before their first response byte."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, target: int, share: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = target
        self.share = share
        self.cut = 0
        self.luck = random.Random(5)
        self.port: int = self.server_address[1]
        self.thread = threading.Thread(target=self.serve_forever, daemon=True)

    def draw(self) -> bool:
        """Whether the next connection is cut."""
        return self.luck.random() < self.share

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        self.shutdown()
        self.server_close()
