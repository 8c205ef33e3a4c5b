"""A bucket in memory that speaks as much of S3 as keeping files takes: put, get (ranges too), head, delete."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

Bucket = dict[str, bytes]


class Handler(BaseHTTPRequestHandler):
    """One request. Signatures are asked for, not checked."""

    protocol_version = "HTTP/1.1"
    bucket: Bucket

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""

    def do_PUT(self) -> None:
        body = self._body()
        if self._signed():
            self.bucket[self._key()] = body
            self._answer(HTTPStatus.OK, headers={"ETag": f'"{hashlib.md5(body).hexdigest()}"'})

    def do_DELETE(self) -> None:
        if self._signed():
            self.bucket.pop(self._key(), None)
            self._answer(HTTPStatus.NO_CONTENT)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        if not self._signed():
            return
        body = self.bucket.get(self._key())
        if body is None:
            self._answer(HTTPStatus.NOT_FOUND, b"<Error><Code>NoSuchKey</Code></Error>")
            return
        first, last = 0, len(body) - 1
        asked = self.headers.get("Range", "")
        if asked.startswith("bytes="):
            low, _, high = asked.removeprefix("bytes=").partition("-")
            first, last = int(low), min(int(high or last), last)
        status = HTTPStatus.PARTIAL_CONTENT if asked else HTTPStatus.OK
        headers = {"Content-Range": f"bytes {first}-{last}/{len(body)}"} if asked else {}
        self._answer(
            status, body[first : last + 1], headers={"Last-Modified": "Sun, 01 Nov 2026 00:00:00 GMT", **headers}
        )

    def _key(self) -> str:
        return unquote(urlsplit(self.path).path).removeprefix("/")

    def _signed(self) -> bool:
        if self.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 Credential=key/"):
            return True
        self._answer(HTTPStatus.FORBIDDEN)
        return False

    def _body(self) -> bytes:
        """The content, taken out of the signed chunks that newer clients send."""
        if self.headers.get("Transfer-Encoding", "") == "chunked":
            raw = b"".join(self._chunks())
        else:
            raw = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if "aws-chunked" not in self.headers.get("Content-Encoding", ""):
            return raw
        content = b""
        while raw:
            head, _, raw = raw.partition(b"\r\n")
            size = int(head.partition(b";")[0], 16)
            if not size:
                break
            content, raw = content + raw[:size], raw[size + 2 :]
        return content

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline().strip(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def _answer(self, status: HTTPStatus, body: bytes = b"", *, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and status != HTTPStatus.NO_CONTENT:
            self.wfile.write(body)


@contextmanager
def serve() -> Iterator[tuple[str, Bucket]]:
    """The address of a server on a free port, and what it holds as "bucket/key" → bytes."""
    bucket: Bucket = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Served", (Handler,), {"bucket": bucket}))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", bucket
    finally:
        server.shutdown()
        server.server_close()
