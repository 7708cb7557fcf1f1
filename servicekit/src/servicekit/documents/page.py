"""A page for anybody, as behind a QR code: no token, no script, no cookie, nothing from elsewhere."""

from collections.abc import Iterable
from html import escape

from starlette.responses import HTMLResponse

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}
_PAGE = (
    '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
    "<style>body{{font:1.1rem/1.7 sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem}}"
    "dt{{color:#666}}dd{{margin:0 0 .6rem}}</style></head><body><h1>{title}</h1>{body}</body></html>"
)


def page_of_terms(title: str, rows: Iterable[tuple[str, str]]) -> HTMLResponse:
    """Terms and what is said of each, all escaped."""
    terms = "".join(f"<dt>{escape(term)}</dt><dd>{escape(value)}</dd>" for term, value in rows)
    return _page(title, f"<dl>{terms}</dl>", 200)


def page_of_text(title: str, *paragraphs: str, status: int) -> HTMLResponse:
    return _page(title, "".join(f"<p>{escape(one)}</p>" for one in paragraphs), status)


def _page(title: str, body: str, status: int) -> HTMLResponse:
    return HTMLResponse(_PAGE.format(title=escape(title), body=body), status, headers=HEADERS)
