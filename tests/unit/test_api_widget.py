"""The files of pages and widget: what can be held against them without a browser. The rest is in tests/e2e/test_widget.py."""

import re
from pathlib import Path

import pytest
from test_api_serving import make_client

from api.dates import readable_date
from api.widget_files import WIDGET
from assistant.query import LONGEST_QUESTION
from assistant.types import AnswerStatus, NoticeKind, SourceStatus

STATIC = Path(__file__).parents[2] / "api" / "static"
FILES = sorted(path for folder in (WIDGET, STATIC) for path in folder.iterdir() if path.is_file())
LOADED = [path for path in FILES if path.suffix == ".js"]
LARGEST_WIDGET = 60 * 1024


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_file_calls_on_another_server_or_builds_markup_from_text(path):
    text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    text = re.sub(r"^ *(?://|\*|/\*\*).*$", "", text, flags=re.MULTILINE)
    assert not re.search(r"https?://[\w.-]+\.\w+/", text)
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|new Function|\.cookie|localStorage", text
    )
    assert not re.search(r"<style|\sstyle=|\.style\b|\son\w+=", text)


def test_the_widget_is_small_and_needs_nothing_else():
    """As it is: no build step makes it smaller."""
    assert sum(path.stat().st_size for path in LOADED) <= LARGEST_WIDGET
    imported = {
        name for path in LOADED for name in re.findall(r'^import .* from "(.+)";$', path.read_text(), re.MULTILINE)
    }
    assert imported == {f"./{path.name}" for path in LOADED if path.name not in {"entry.js", "element.js"}} | {
        "./widget/element.js"
    }


def words(name):
    return (WIDGET / name).read_text(encoding="utf-8")


def test_the_widget_knows_the_limit_of_the_assistant():
    assert f"const LONGEST_QUESTION = {LONGEST_QUESTION};" in words("composer.js")


@pytest.mark.parametrize(
    "name",
    [*AnswerStatus, *SourceStatus, NoticeKind.SUPERSEDED, NoticeKind.CONFLICT, NoticeKind.DATE, NoticeKind.NATION],
)
def test_every_status_and_grave_notice_has_words(name):
    assert re.search(rf"^  {name}: \"\w", words("words.js"), re.MULTILINE)


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/widget.js", "text/javascript; charset=utf-8"),
        ("/widget/element.js", "text/javascript; charset=utf-8"),
        ("/static/pages.css", "text/css; charset=utf-8"),
        ("/static/icon.svg", "image/svg+xml"),
    ],
)
def test_files_are_served_with_their_type(path, media_type):
    response = make_client().get(path)
    assert (response.status_code, response.headers["Content-Type"]) == (200, media_type)
    assert make_client().head(path).status_code == 200


@pytest.mark.parametrize("path", ["/widget.js", "/widget/element.js"])
def test_any_site_may_load_the_widget_but_nothing_else(path):
    client = make_client()
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    for response in (first, again):
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert response.headers["Cache-Control"] == "no-cache"
    for other in ("/", "/static/pages.css", "/v1/corpus"):
        assert "Access-Control-Allow-Origin" not in client.get(other).headers


@pytest.mark.parametrize("path", ["/widget/../app.py", "/widget/..%2fapp.py", "/widget/%2e%2e/settings.py", "/widget/"])
def test_nothing_else_is_served(path):
    assert make_client().get(path).status_code == 404


@pytest.mark.parametrize(
    ("published", "expected"), [("2020", "2020"), ("2020-11", "November 2020"), ("2020-11-03", "3 November 2020")]
)
def test_dates_are_as_precise_as_they_are_known(published, expected):
    assert readable_date(published) == expected


def schemes():
    """The colours of the pages in light and in dark."""
    roots = re.findall(r":root \{(.*?)\}", (STATIC / "pages.css").read_text(encoding="utf-8"), re.DOTALL)
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


def contrast(foreground, background):
    bright, dim = sorted((luminance(foreground), luminance(background)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("scheme", schemes(), ids=["light", "dark"])
@pytest.mark.parametrize(("foreground", "background", "least"), PAIRS)
def test_contrast(scheme, foreground, background, least):
    assert contrast(scheme[foreground], scheme[background]) >= least


def widget_schemes():
    """The colours of the widget, in light and in dark, where the host page sets none."""
    pairs = re.findall(
        r"^  --([\w-]+): (?:var\(--[\w-]+, )?light-dark\((#\w{6}), (#\w{6})\)", words("style.js"), re.MULTILINE
    )
    return {name: light for name, light, _ in pairs}, {name: dark for name, _, dark in pairs}


WIDGET_PAIRS = [
    *((text, ground, 4.5) for text in ("text", "quiet", "link", "error") for ground in ("surface", "tint")),
    ("text", "warning", 4.5),
    ("on-accent", "accent", 4.5),
    ("on-mark", "mark", 4.5),
    ("field-line", "surface", 3.0),
    ("accent", "surface", 3.0),
    ("warning-line", "warning", 3.0),
    ("warning-line", "surface", 3.0),
]


@pytest.mark.parametrize("scheme", widget_schemes(), ids=["light", "dark"])
@pytest.mark.parametrize(("foreground", "background", "least"), WIDGET_PAIRS)
def test_contrast_of_the_widget(scheme, foreground, background, least):
    assert contrast(scheme[foreground], scheme[background]) >= least
