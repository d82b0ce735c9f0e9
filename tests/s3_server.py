"""An S3 server on loopback that is none of ours (moto), and what may go wrong between it and us."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import BaseWSGIServer, make_server

from cti.simulation.ports import free_port

HOST = "127.0.0.1"
BUCKET = "recordings"
CREDENTIALS = "[default]\naws_access_key_id = test\naws_secret_access_key = let-me-in\n"


class _Silent(MotoRequestHandler):
    def log(self, *_: object) -> None:
        pass


class S3Server:
    """Runs from `start` to `stop`, again at the same port, with what it held. `refuse` so many requests with 503;
    `damage`: what is sent to it next arrives with a byte turned over."""

    def __init__(self) -> None:
        self.refuse = 0
        self.damage = False
        self.seen: list[tuple[str, str]] = []
        self._port = free_port(HOST)  # not one that the kernel gives to clients while this server is away
        self._app = DomainDispatcherApplication(create_backend_app)
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def endpoint(self) -> str:
        """Its address."""
        return f"http://{HOST}:{self._port}"

    def start(self) -> None:
        """Listen."""
        self._server = make_server(HOST, self._port, self._serve, threaded=True, request_handler=_Silent)
        self._server.daemon_threads = True  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Be away."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._server = None

    def _serve(self, environ: dict[str, Any], answer: Callable[..., Any]) -> Iterable[bytes]:
        self.seen.append((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        if self.refuse:
            self.refuse -= 1
            answer("503 Slow Down", [("Content-Length", "0")])
            return []
        if self.damage and environ["REQUEST_METHOD"] == "PUT":
            self.damage = False
            environ["wsgi.input"] = _Damaged(environ["wsgi.input"])
        found: Iterable[bytes] = self._app(environ, answer)
        return found


class _Damaged:
    """A body whose first byte comes through wrong."""

    def __init__(self, body: Any) -> None:
        self._body = body
        self._whole = False

    def read(self, *size: int) -> bytes:
        """What has come."""
        return self._turned(self._body.read(*size))

    def readline(self, *size: int) -> bytes:
        """The same, by lines."""
        return self._turned(self._body.readline(*size))

    def _turned(self, piece: bytes) -> bytes:
        if not piece or self._whole:
            return piece
        self._whole = True
        return bytes([piece[0] ^ 1]) + piece[1:]


def s3_client(server: S3Server) -> Any:
    """Somebody else who may do everything there."""
    secrets = {"aws_access_key_id": "test", "aws_secret_access_key": "let-me-in"}
    return boto3.client("s3", endpoint_url=server.endpoint, region_name="us-east-1", **secrets)


@contextmanager
def s3_server(folder: Path) -> Iterator[tuple[S3Server, Path]]:
    """A server with an empty bucket, and a file of credentials in `folder`."""
    server = S3Server()
    server.start()
    s3_client(server).create_bucket(Bucket=BUCKET)
    credentials = folder / "s3-credentials"
    credentials.write_text(CREDENTIALS)
    credentials.chmod(0o600)
    try:
        yield server, credentials
    finally:
        server.stop()
        moto_api_backend.reset()
