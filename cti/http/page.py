"""The one plain page: three files as they are, nothing built, nothing from elsewhere. What it shows comes by /api/live.

The files hold no data, so no token is asked for them; the page asks the person who opens it.
"""

from pathlib import Path

from aiohttp import web

from cti.http.endpoints import Asked, Endpoint, Nothing

FOLDER = Path(__file__).parent / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; media-src blob:; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


async def show_page(asked: Asked[Nothing, Nothing]) -> web.FileResponse:
    """The page: queues, agents and calls, live."""
    return _file("page.html", "text/html")


async def show_script(asked: Asked[Nothing, Nothing]) -> web.FileResponse:
    """The page's script."""
    return _file("page.js", "text/javascript")


async def show_style(asked: Asked[Nothing, Nothing]) -> web.FileResponse:
    """The page's style sheet."""
    return _file("page.css", "text/css")


def _file(name: str, media: str) -> web.FileResponse:
    headers = {
        "Content-Type": f"{media}; charset=utf-8",
        "Content-Security-Policy": POLICY,
        "Cache-Control": "no-cache",
    }
    return web.FileResponse(FOLDER / name, headers=headers)


ENDPOINTS = (
    Endpoint("GET", "/", show_page, Nothing, Nothing, media="text/html", open=True, early=True),
    Endpoint("GET", "/page.js", show_script, Nothing, Nothing, media="text/javascript", open=True, early=True),
    Endpoint("GET", "/page.css", show_style, Nothing, Nothing, media="text/css", open=True, early=True),
)
