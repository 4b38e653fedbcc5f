"""The page's own files: what can be held against them without a browser. The rest is in tests/e2e/test_page.py."""

import re
from pathlib import Path

import pytest
from test_api_serving import make_client

from api.dates import readable_date
from assistant.query import LONGEST_QUESTION
from assistant.types import AnswerStatus, NoticeKind

API = Path(__file__).parents[2] / "api"
WIDGET = API / "widget"
FILES = sorted(path for folder in ("widget", "static") for path in (API / folder).iterdir() if path.is_file())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_file_calls_on_another_server_or_builds_markup_from_text(path):
    text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"(https?:)?//[\w.-]+\.\w+/", text)
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|new Function|\.cookie|localStorage", text
    )
    assert not re.search(r"<style|\sstyle=|\son\w+=", text)


def test_scripts_are_files_of_our_own():
    scripts = re.findall(
        r"<script\b([^>]*)>(.*?)</script>", (WIDGET / "index.html").read_text(encoding="utf-8"), re.DOTALL
    )
    assert scripts == [(' type="module" src="/widget/chat.js"', "")]


def test_the_page_knows_the_limit_of_the_assistant():
    assert f'data-limit="{LONGEST_QUESTION}"' in (WIDGET / "index.html").read_text(encoding="utf-8")


def test_every_status_and_grave_notice_has_words():
    script = (WIDGET / "answer.js").read_text(encoding="utf-8")
    for name in [*AnswerStatus, NoticeKind.SUPERSEDED, NoticeKind.CONFLICT, NoticeKind.DATE, NoticeKind.NATION]:
        assert re.search(rf"^  {name}: \"\w", script, re.MULTILINE), name


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/widget/chat.js", "text/javascript; charset=utf-8"),
        ("/widget/answer.js", "text/javascript; charset=utf-8"),
        ("/widget/chat.css", "text/css; charset=utf-8"),
        ("/widget/icon.svg", "image/svg+xml"),
        ("/static/pages.css", "text/css; charset=utf-8"),
        ("/static/icon.svg", "image/svg+xml"),
    ],
)
def test_files_are_served_with_their_type(path, media_type):
    response = make_client().get(path)
    assert (response.status_code, response.headers["Content-Type"]) == (200, media_type)
    assert make_client().head(path).status_code == 200


@pytest.mark.parametrize("path", ["/widget/../app.py", "/widget/..%2fapp.py", "/widget/%2e%2e/settings.py", "/widget/"])
def test_nothing_else_is_served(path):
    assert make_client().get(path).status_code == 404


@pytest.mark.parametrize(
    ("published", "expected"), [("2020", "2020"), ("2020-11", "November 2020"), ("2020-11-03", "3 November 2020")]
)
def test_dates_are_as_precise_as_they_are_known(published, expected):
    assert readable_date(published) == expected


def schemes(path):
    """The colours of a stylesheet in light and in dark."""
    roots = re.findall(r":root \{(.*?)\}", path.read_text(encoding="utf-8"), re.DOTALL)
    light, dark = (dict(re.findall(r"--([\w-]+): (#\w{6});", block)) for block in roots[:2])
    return light, light | dark


# Foreground, background and the least ratio: 4.5 for text (WCAG 1.4.3), 3 for edges and the focus (1.4.11).
PAIRS = [
    *((text, ground, 4.5) for text in ("text", "quiet", "link", "error") for ground in ("page", "card")),
    ("text", "warning", 4.5),
    ("on-accent", "accent", 4.5),
    ("on-mark", "mark", 4.5),
    *((edge, ground, 3.0) for edge in ("field-line", "focus") for ground in ("page", "card")),
    ("edge", "card", 3.0),
    ("warning-line", "warning", 3.0),
]


def luminance(colour):
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


SCHEMES = [*schemes(WIDGET / "chat.css"), *schemes(API / "static" / "pages.css")]


@pytest.mark.parametrize("scheme", SCHEMES, ids=["light", "dark", "pages-light", "pages-dark"])
@pytest.mark.parametrize(("foreground", "background", "least"), PAIRS)
def test_contrast(scheme, foreground, background, least):
    bright, dim = sorted((luminance(scheme[foreground]), luminance(scheme[background])), reverse=True)
    assert (bright + 0.05) / (dim + 0.05) >= least
