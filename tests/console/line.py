"""A line between browser and service that can be cut and mended."""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit


class Line(socketserver.ThreadingTCPServer):
    """Passes bytes on to `target`. While it is cut, connections are closed as they come."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        parts = urlsplit(target)
        self.target = (parts.hostname or "", parts.port or 0)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.whole = True
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    def cut(self) -> None:
        with self._lock:
            self.whole = False
            for side in self._open:
                with contextlib.suppress(OSError):
                    side.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self.whole = True

    @contextlib.contextmanager
    def held(self, *sides: socket.socket) -> Iterator[bool]:
        """Makes these connections cuttable; false when the line is cut already."""
        with self._lock:
            self._open.update(sides)
            whole = self.whole
        try:
            yield whole
        finally:
            with self._lock:
                self._open.difference_update(sides)


class _Passing(socketserver.BaseRequestHandler):
    server: Line
    request: socket.socket

    def handle(self) -> None:
        with (
            socket.create_connection(self.server.target) as service,
            self.server.held(self.request, service) as whole,
        ):
            if not whole:
                return
            back = threading.Thread(target=_pass_on, args=(service, self.request), daemon=True)
            back.start()
            _pass_on(self.request, service)
            back.join()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for side in (source, sink):
        with contextlib.suppress(OSError):
            side.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def line_to(target: str) -> Iterator[Line]:
    """A line that serves as long as the block runs."""
    with Line(target) as line:
        thread = threading.Thread(target=line.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield line
        finally:
            line.cut()
            line.shutdown()
            thread.join()
