"""A server of pages that hold one tool and nothing else, for the browser tests of the tools."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from django.template.loader import render_to_string

from tasks_app import tools
from tasks_app.web import sandbox
from tasks_app.web.ranges import asked_range

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def serve(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The address of a server on a free port, for as long as it is wanted."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Pages(SimpleHTTPRequestHandler):
    """static/ as it is, the harness, and the demos as Django renders them, all under the product's CSP."""

    demos = ""
    kinds: dict[str, str] = {}  # set once, on a class made for it

    def translate_path(self, path: str) -> str:
        path = path.partition("?")[0]
        if path.startswith("/static/"):
            return str(ROOT / path[1:])
        return str(ROOT / "tests" / "js" / path[1:].replace("harness/?", "harness/index.html"))

    def do_GET(self) -> None:
        if self.path == "/demos.html":
            body, of = self.demos.encode(), "text/html"
        elif self.path == "/sandbox/":
            body, of = sandbox.document().encode(), "text/html"
        elif self.path in self.kinds:
            body, of = self.kinds[self.path].encode(), "application/json"
        elif self.headers.get("Range") and self.path.startswith("/static/demo/"):
            return self._part()
        else:
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", f"{of}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return None

    def _part(self) -> None:
        """A recording can be sought only in what comes in parts."""
        content = Path(self.translate_path(self.path)).read_bytes()
        first, last = asked_range(self.headers["Range"], len(content)) or (0, len(content) - 1)
        self.send_response(206)
        self.send_header("Content-Type", self.guess_type(self.path))
        self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
        self.send_header("Content-Length", str(last - first + 1))
        self.end_headers()
        with suppress(ConnectionError):  # a player that has heard enough hangs up
            self.wfile.write(content[first : last + 1])

    def end_headers(self) -> None:
        policy = sandbox.POLICY if self.path == "/sandbox/" else "default-src 'self'"
        self.send_header("Content-Security-Policy", policy)
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


def demo_page() -> str:
    demos = "".join(render_to_string(f"{tool.template_dir}/demo.html", {"tool": tool}) for tool in tools.all_tools())
    # Where static files carry hashes, the server below has them under their plain names.
    demos = re.sub(r'(/static/[\w/.-]+?)\.[0-9a-f]{12}(\.\w+")', r"\1\2", demos)
    head = (
        '<meta charset="utf-8"><title>Demos</title><link rel="stylesheet" href="/static/css/work.css">'
        '<script type="module" src="/static/js/pages/demos.js"></script>'
    )
    return f'<!doctype html><html lang="en"><head>{head}</head><body><main>{demos}</main></body></html>'


def demo_options() -> dict[str, str]:
    """What the harness mounts each kind with, by address."""
    found = {}
    for tool in tools.all_tools():
        demo = tool.demo
        others = {name: f"/static/{path}" for name, path in demo.images.items()}
        media = f"/static/{demo.image}" if demo.image else None
        options = {"question": demo.question, "item": demo.item, "mediaUrl": media, "mediaUrls": others}
        found[f"/demos/{tool.kind}.json"] = json.dumps(options | {"draft": demo.draft})
    return found
