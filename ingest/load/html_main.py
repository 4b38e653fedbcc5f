"""Finds the main part of a web page and marks it, so that the extraction keeps it whole with its structure.

trafilatura looks for `<article>`, `<main>` and well-known class names. Where a page has none, or several, it falls back to
algorithms that drop lists and headings: guidance would then read "You should consider:" with nothing after it. So the part
that holds the prose is chosen here and handed over as the only `<article>`.
"""

from copy import deepcopy

from lxml import etree, html  # type: ignore[import-untyped]

from ingest.load.clean import word_count

Element = html.HtmlElement

_SHARE_OF_PROSE = 0.85
_SHARE_THAT_IS_NO_FURNITURE = 0.2

_CHROME_TAGS = frozenset({"nav", "aside", "footer", "form", "dialog", "button", "select", "head"})
_CHROME_ROLES = frozenset(
    {"navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog", "menu"}
)
_WHOLE = frozenset({"p", "ul", "ol", "dl", "table", "blockquote", "pre", "li", "details"})
_NEVER_TEXT = etree.XPath("//script|//style|//template|//noscript|//svg|//iframe|//object|//embed|//link|//comment()")
_FURNITURE = (
    # Text for screen readers only: "(opens in a new tab)", a caption that the page hides.
    etree.XPath(
        "//*[contains(concat(' ', normalize-space(@class), ' '), ' visuallyhidden ')"
        " or contains(@class, 'visually-hidden') or contains(@class, 'sr-only') or contains(@class, 'screen-reader-text')]"
    ),
    # Marks that lead to a footnote, and the arrows that lead back.
    etree.XPath("//sup[.//a] | //a[@role='doc-noteref' or @role='doc-backlink' or contains(@class, 'footnote-back')]"),
    # The page's own table of contents.
    etree.XPath("//*[self::ul or self::ol][.//a and not(.//li[not(.//a[starts-with(@href, '#')])])]"),
)
_SUPERSCRIPT = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")


def without_unread_parts(page: Element) -> Element:
    """The page without scripts, styles and other parts that are no text. Changes the page given."""
    for element in _NEVER_TEXT(page):
        if element.getparent() is not None:
            _drop(element)
    return page


def main_part(page: Element) -> Element:
    """A new page whose only content is one `<article>` with the main part of `page`."""
    for expression in _FURNITURE:
        for element in expression(page):
            if element.getparent() is not None:
                _drop(element)
    for element in page.iter("sup"):
        if element.text and not len(element) and set(element.text.strip()) <= set("0123456789+-"):
            element.text = element.text.strip().translate(_SUPERSCRIPT)
    part = deepcopy(_largest_part(page, _prose_words(page)))
    part.tail = None
    _keep_prose(part)
    part.tag = "article"
    part.attrib.clear()
    document = html.document_fromstring("<html><body></body></html>")
    document.body.append(part)
    return document


def prose_count(page: Element) -> int:
    """How many words a page or part holds outside links, navigation and other chrome."""
    return _prose_words(page)[page]


def _prose_words(root: Element) -> dict[Element, int]:
    """Words at or below each element, outside links and chrome."""
    elements = list(root.iter(etree.Element))
    counts: dict[Element, int] = {}
    is_prose: dict[Element, bool] = {}
    for element in elements:
        parent = element.getparent()
        is_prose[element] = is_prose.get(parent, True) and not _is_chrome(element) and element.tag != "a"
        counts[element] = word_count(element.text or "") if is_prose[element] else 0
        if element is not root and is_prose.get(parent, True):
            counts[parent] += word_count(element.tail or "")
    for element in reversed(elements):
        if element is not root:
            counts[element.getparent()] += counts[element]
    return counts


def _is_chrome(element: Element) -> bool:
    return (
        element.tag in _CHROME_TAGS
        or element.get("role") in _CHROME_ROLES
        or element.get("aria-hidden") == "true"
        or "hidden" in element.attrib
    )


def _largest_part(page: Element, words: dict[Element, int]) -> Element:
    """The smallest element that still holds nearly all prose: the page's own `<main>` if there is one, else found by going
    down from the body as long as one child has it all.
    """
    part = page.find(".//body")
    if part is None:
        part = page
    marked = [element for element in page.iter(etree.Element) if element.tag == "main" or element.get("role") == "main"]
    if len(marked) == 1 and words[marked[0]]:
        part = marked[0]
    needed = max(1.0, _SHARE_OF_PROSE * words[part])
    while True:
        child = max(part.iterchildren(etree.Element), key=lambda element: words[element], default=None)
        if child is None or words[child] < needed or child.tag in _WHOLE:
            return part
        part = child


def _keep_prose(part: Element) -> None:
    """Takes class and id off elements with a good part of the prose.

    trafilatura drops elements by words in their class ("widget", "expand", "options", "related"). On a page built of
    widgets or open accordions that is the guidance itself.
    """
    words = _prose_words(part)
    for element, count in words.items():
        if count >= _SHARE_THAT_IS_NO_FURNITURE * words[part]:
            for name in ("class", "id", "style", "data-component"):
                element.attrib.pop(name, None)


def _drop(element: Element) -> None:
    """Removes an element and keeps the text after it."""
    element.drop_tree()
