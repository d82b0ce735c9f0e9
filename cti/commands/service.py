"""The running service, as the command line reaches it: its HTTP API, with the token of the state folder."""

import json
import os
import re
from collections.abc import Callable, Mapping
from getpass import getuser
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

from cti.commands.errors import BadInput, CommandError, ServiceAway, ServiceRefused
from cti.settings import Settings

TIMEOUT_S = 10
LONGEST_S = 300.0
"""So long a publication may take: every new text is spoken first."""


class Service:
    """Asks the service of these settings, in the name of `by`, or of who is logged in; raises ServiceAway,
    ServiceRefused, BadInput."""

    def __init__(self, settings: Settings, timeout_s: float = TIMEOUT_S, by: str | None = None) -> None:
        self._timeout_s = timeout_s
        self._by = by or _who()
        self._address = f"http://{settings.local}:{settings.http_port}"
        self._token_file = settings.state / "token"
        self._open = build_opener(ProxyHandler({})).open  # the service is near: no proxy, whatever the environment says

    def get(self, path: str, **query: str | int | None) -> Any:
        """The JSON at a path; parts of the query that are None are left out."""
        given = urlencode({name: value for name, value in query.items() if value is not None})
        return self._ask("GET", f"{path}?{given}" if given else path)

    def fetch(self, path: str) -> bytes:
        """What is at a path, as it is: a sound."""
        answer: bytes = self._ask("GET", path, read=lambda got: got.read())
        return answer

    def post(self, path: str, **body: Any) -> Any:
        """What is answered to a JSON object; parts of it that are None are left out."""
        given = {name: value for name, value in body.items() if value is not None}
        return self._ask("POST", path, json.dumps(given).encode())

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        """What is answered to a JSON object that is to be at a path."""
        return self._ask("PUT", path, json.dumps(body).encode())

    def delete(self, path: str) -> Any:
        """What is answered to the removal of what is at a path."""
        return self._ask("DELETE", path)

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        """What is answered to a JSON object that says what is to be different."""
        return self._ask("PATCH", path, json.dumps(body).encode())

    def _ask(
        self, method: str, path: str, body: bytes | None = None, read: Callable[[IO[bytes]], Any] = json.load
    ) -> Any:
        headers = {
            "Authorization": f"Bearer {self._token()}",
            "Content-Type": "application/json",
            "Callcenter-Cause": f"command:{self._by}",
        }
        request = Request(self._address + path, body, headers, method=method)
        try:
            with self._open(request, timeout=self._timeout_s) as answer:
                return read(answer)
        except HTTPError as error:
            with error:
                raise _refusal(error) from None
        except (URLError, OSError, ValueError) as error:
            why = getattr(error, "reason", error)
            raise ServiceAway(
                f"no answer from {self._address} ({why}); expected `callcenter run` to run with the same settings"
            ) from None

    def _token(self) -> str:
        try:
            return self._token_file.read_text("utf-8").strip()
        except OSError as error:
            raise ServiceAway(
                f"{self._token_file}: {error.strerror}; expected the access token there, `callcenter run` makes it"
            ) from None


def _who() -> str:
    """Who gives the command, for the log: the machine's name for him."""
    try:
        name = getuser()
    except (KeyError, OSError):  # a container's user without a name
        name = str(os.getuid())
    return re.sub(r"[^A-Za-z0-9._@-]", "_", name)[:64] or "nobody"


def _refusal(error: HTTPError) -> CommandError:
    try:
        detail = json.load(error)["error"]
        if error.code == 422:
            return BadInput(detail["message"])
        return ServiceRefused(detail["id"], detail["message"])
    except (ValueError, KeyError, TypeError):
        return ServiceAway(f"what answers at {error.url} is no call centre: HTTP {error.code}")
