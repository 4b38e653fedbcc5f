"""Takes the furniture off a web page and finds its main part, so that the extraction keeps that whole.

trafilatura looks for `<article>`, `<main>` and well-known class names, and drops elements by parts of their class
("expand", "widget", "options"). Where a page has no such mark it falls back to algorithms that lose lists and headings,
and on a page of open accordions or widgets it drops the guidance itself: an officer would read "You should consider:"
with nothing after it. So furniture is recognised here by whole words and with regard to its size, and what holds the
prose is handed over as the only `<article>`, without classes.
"""

import re
from copy import deepcopy
from typing import Any, NamedTuple, TypeAlias

from lxml import etree, html  # type: ignore[import-untyped]

from ingest.load.clean import word_count

Element: TypeAlias = Any
"""An lxml element: lxml ships no types."""

_SHARE_OF_PROSE = 0.85
_LARGEST_FURNITURE = 0.3
_MOST_BESIDE_LINKS = 0.2

_NEVER_TEXT = etree.XPath(
    "//script|//style|//template|//noscript|//svg|//iframe|//object|//embed|//link|//head|//comment()"
)
_CHROME_TAGS = frozenset({"nav", "aside", "footer", "dialog", "button", "select", "textarea", "input", "label"})
_CHROME_ROLES = frozenset(
    {"navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog", "menu"}
)
_CHROME_WORDS = frozenset(
    {
        "addthis", "ads", "advert", "advertisement", "adverts", "banner", "breadcrumb", "breadcrumbs", "comments",
        "consent", "cookie", "cookies", "disqus", "feedback", "footer", "gdpr", "jobs", "login", "menu", "metadata",
        "modal", "nav", "navbar", "navigation", "newsletter", "onetrust", "pager", "pagination", "popup", "posts",
        "promo", "promoted", "recommendations", "recommended", "related", "respond", "search", "share", "sharedaddy",
        "sharing", "sidebar", "signin", "signup", "skip", "social", "sponsored", "subscribe", "tags", "teaser",
        "teasers", "toc", "toggle", "toolbar", "vacancies"
    }
)  # fmt: skip
_CHROME_IDS = frozenset({"breadcrumb", "breadcrumbs", "cookie", "cookies", "disqus", "navbar", "onetrust", "sidebar"})
_CONTAINERS = frozenset({"div", "section", "ul", "ol", "form", "p", "span", "header", "article", "li"})
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_WORDS_OF_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_SCREEN_READER = re.compile(r"visually-?hidden|sr-only|screen-reader-text")
# Marks that lead to a footnote, and the arrows that lead back.
_NOTE_MARKS = etree.XPath(
    "//sup[.//a] | //a[@role='doc-noteref' or @role='doc-backlink' or contains(@class, 'footnote-back')]"
)
_LISTS_INTO_PAGE = etree.XPath("//*[self::ul or self::ol][.//a and not(.//li[not(.//a[starts-with(@href, '#')])])]")
_IN_MAIN = etree.XPath("boolean(ancestor::main|ancestor::article|ancestor::*[@role='main'])")
_IN_HEADING = etree.XPath("boolean(ancestor::h1|ancestor::h2|ancestor::h3|ancestor::h4|ancestor::h5)")
_WHOLE = frozenset({"p", "ul", "ol", "dl", "table", "blockquote", "pre", "li", "details"})


class Dropped(NamedTuple):
    """How many words went because the page hides them, and from its main part because of a class."""

    hidden: int
    by_class: int


def without_furniture(page: Element) -> tuple[Element, Dropped]:
    """The page without what is no text and what is furniture. Changes `page`."""
    for element in _NEVER_TEXT(page):
        _drop(element)
    counts = _counts(page, links=True)
    hidden = by_class = 0
    for element in list(page.iter(etree.Element)):
        if element is page or element.tag == "body" or element.getroottree().getroot() is not page:
            continue
        if _is_hidden(element):
            hidden += counts[element]
            _drop(element)
        elif element.tag == "button" and _IN_HEADING(element):
            element.drop_tag()  # it opens the section that the heading is of
        elif _is_chrome(element):
            _drop(element)
        elif counts[element] < _LARGEST_FURNITURE * counts[page] and _is_named_chrome(element):
            by_class += prose_count(element) if _IN_MAIN(element) else 0
            _drop(element)
    _drop_marks(page)
    return page, Dropped(hidden, by_class)


def _drop_marks(page: Element) -> None:
    """Drops marks of footnotes, and the page's table of contents."""
    for element in _NOTE_MARKS(page):
        _drop(element)
    for contents in _LISTS_INTO_PAGE(page):
        if _counts(contents, links=False)[contents] <= _MOST_BESIDE_LINKS * _counts(contents, links=True)[contents]:
            _drop(contents)


def main_part(page: Element) -> Element:
    """A new page whose only content is one `<article>` with the main part of `page`, which has no furniture."""
    part = deepcopy(_largest_part(page))
    part.tail = None
    part.tag = "article"
    document = html.document_fromstring("<html><body></body></html>")
    document.body.append(part)
    return document


def prose_count(page: Element) -> int:
    """How many words a page holds outside links."""
    return _counts(page, links=False)[page]


def _counts(root: Element, *, links: bool) -> dict[Element, int]:
    """Words at or below each element, with or without those of links."""
    elements = list(root.iter(etree.Element))
    counts = dict.fromkeys(elements, 0)
    in_link: set[Element] = set()
    for element in elements:
        parent = element.getparent()
        if not links and (element.tag == "a" or parent in in_link):
            in_link.add(element)
        if element not in in_link:
            counts[element] += word_count(element.text or "")
        if element is not root and parent not in in_link:
            counts[parent] += word_count(element.tail or "")
    for element in reversed(elements):
        if element is not root:
            counts[element.getparent()] += counts[element]
    return counts


def _is_hidden(element: Element) -> bool:
    """Whether the page hides an element from readers. Text that a search in the page would open is not hidden."""
    return (
        ("hidden" in element.attrib and element.get("hidden") != "until-found")
        or element.get("aria-hidden") == "true"
        or _HIDDEN_STYLE.search(element.get("style") or "") is not None
        or _SCREEN_READER.search(element.get("class") or "") is not None
    )


def _is_chrome(element: Element) -> bool:
    return element.tag in _CHROME_TAGS or element.get("role") in _CHROME_ROLES


def _is_named_chrome(element: Element) -> bool:
    """Whether the class of a container, or one of a few ids, says that it is furniture.

    Ids are often made from headings ("search-for-services"), so only those count that no heading would give.
    """
    if element.tag not in _CONTAINERS or element.find(".//h1") is not None or element.find(".//main") is not None:
        return False
    named = {word.lower() for word in _WORDS_OF_NAME.findall(element.get("class") or "")}
    known = {word.lower() for word in _WORDS_OF_NAME.findall(element.get("id") or "")}
    return not (_CHROME_WORDS.isdisjoint(named) and _CHROME_IDS.isdisjoint(known))


def _largest_part(page: Element) -> Element:
    """The smallest element that still holds nearly all prose.

    That is the page's own `<main>` if there is one, else what is found by going down from the body as long as one child
    has it all.
    """
    counts = _counts(page, links=False)
    part = page.find(".//body")
    if part is None:
        part = page
    marked = [element for element in page.iter(etree.Element) if element.tag == "main" or element.get("role") == "main"]
    if len(marked) == 1 and counts[marked[0]]:
        part = marked[0]
    needed = max(1.0, _SHARE_OF_PROSE * counts[part])
    while True:
        child = max(part.iterchildren(etree.Element), key=lambda element: counts[element], default=None)
        if child is None or counts[child] < needed or child.tag in _WHOLE:
            return part
        part = child


def _drop(element: Element) -> None:
    """Removes an element and keeps the text after it."""
    if element.getparent() is not None:
        element.drop_tree()
