"""HTTP as the workers speak it: what cannot be read is refused in the one shape, and no head grows without end."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from features.errors import HuitouError
from serving.api.errors import error_response

MOST_HEAD_BYTES = 131_072
"""The first line and the headers of a request; uvicorn itself would keep as many as are sent."""


class HttpProtocol(HttpToolsProtocol):
    """Uvicorn's protocol, stricter."""

    _reads_body = False
    _head_bytes = 0

    def data_received(self, data: bytes) -> None:
        """Read what came; end the connection when a head does not end."""
        self._head_bytes += len(data)
        super().data_received(data)
        if self._reads_body:
            self._head_bytes = 0
        elif self._head_bytes > MOST_HEAD_BYTES and not self.transport.is_closing():
            self._refuse(
                f"the head of a request may have at most {MOST_HEAD_BYTES} bytes. Send what is longer in a body."
            )

    def on_headers_complete(self) -> None:
        """The head has ended."""
        self._reads_body = True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The body has ended, and another head may follow."""
        self._reads_body = False
        self._head_bytes = 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Tell of bytes that are no HTTP, and end the connection."""
        self._refuse(
            "what was sent cannot be read as HTTP. Its first line and headers must be ASCII, and end within 64 KB."
        )

    def _refuse(self, message: str) -> None:
        response = error_response(HuitouError(message, code="not_http"), {"connection": "close"})
        headers = b"".join(b"%s: %s\r\n" % header for header in response.raw_headers)
        self.transport.write(STATUS_LINE[response.status_code] + headers + b"\r\n" + bytes(response.body))
        self.transport.close()
