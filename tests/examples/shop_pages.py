"""Pages of a shop at an origin of their own, with the snippet in them."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SNIPPET = Path(__file__).resolve().parents[2] / "docs" / "examples" / "huitou.js"

PAGE = """\
<!doctype html><title>Shop</title>
<button id="cart" data-huitou-event="cart" data-huitou-item="kettle"><b>Into the cart</b></button>
<script src="/huitou.js"></script>
<script>huitou.start({ address: "ADDRESS", key: "KEY" });</script>
"""


class Pages(http.server.ThreadingHTTPServer):
    """``/`` has the snippet, ``/plain`` has nothing."""

    page = ""

    @property
    def origin(self) -> str:
        """As browsers tell it."""
        return f"http://127.0.0.1:{self.server_port}"

    def use(self, address: str, key: str) -> None:
        """Which service the page asks, and with which key."""
        self.page = PAGE.replace("ADDRESS", address).replace("KEY", key)


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Pages

    def do_GET(self) -> None:
        known = {
            "/": self.server.page,
            "/huitou.js": SNIPPET.read_text(encoding="utf-8"),
            "/plain": "<title>Bye</title>",
        }
        body = known.get(self.path, "").encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/javascript" if self.path.endswith(".js") else "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving_pages() -> Iterator[Pages]:
    """A server of pages at a free port."""
    with Pages(("127.0.0.1", 0), _Handler) as pages:
        thread = threading.Thread(target=pages.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield pages
        finally:
            pages.shutdown()
            thread.join()
