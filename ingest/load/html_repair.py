"""Rewrites the main part of a web page so that trafilatura's extraction loses none of it.

trafilatura is made for news: it drops dates marked as such, text outside paragraphs, and lists and tables of links.
"""

from copy import deepcopy
from typing import Any, TypeAlias

from lxml import etree  # type: ignore[import-untyped]

from ingest.load.clean import word_count

Element: TypeAlias = Any
"""An lxml element: lxml ships no types."""

_HEADING_ABOVE = etree.XPath(
    "(ancestor-or-self::*/preceding-sibling::*[self::h1 or self::h2 or self::h3 or self::h4])[last()]"
)
_SUPERSCRIPT = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_DIVISIONS = frozenset({"article", "div", "section", "main", "center", "header", "figure", "body"})
_INLINE = frozenset(
    {
        "a", "abbr", "b", "bdi", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img", "ins",
        "kbd", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u",
        "var", "wbr"
    }
)  # fmt: skip
_MOST_ROWS = 200
_MOST_LINKED = 0.5
_KEPT_ATTRIBUTES = frozenset({"rowspan", "colspan", "href"})


def repair(part: Element) -> None:
    """Rewrites a main part in place. Classes go: trafilatura drops elements by parts of them."""
    _raise_digits(part)
    _keep_dates_and_quotes(part)
    _head_details(part)
    _keep_links(part)
    _wrap_loose_text(part)
    _repeat_row_heads(part)
    for element in part.iter(etree.Element):
        kept = {name: value for name in _KEPT_ATTRIBUTES if (value := element.get(name)) is not None}
        element.attrib.clear()
        element.attrib.update(kept)


def _raise_digits(part: Element) -> None:
    """Makes raised digits superscript characters, since "10 m2" and "106" say something else."""
    for element in part.iter("sup"):
        if element.text and not len(element) and set(element.text.strip()) <= set("0123456789+-"):
            element.text = element.text.strip().translate(_SUPERSCRIPT)


def _keep_dates_and_quotes(part: Element) -> None:
    for element in list(part.iter("time", "figure")):
        if element.tag == "time":
            element.drop_tag()
        elif element.find(".//blockquote") is not None:
            element.tag = "div"


def _head_details(part: Element) -> None:
    """Makes the summary of a fold-out text a heading, one rank below the heading that it stands under."""
    for summary in list(part.iter("summary")):
        above = _HEADING_ABOVE(summary.getparent())
        summary.tag = f"h{int(above[0].tag[1]) + 1}" if above else "h2"
        summary.getparent().tag = "div"


def _keep_links(part: Element) -> None:
    """Unlinks what isn't mostly links, tables, and lists that the text before them announces.

    trafilatura takes even two short links in a short list for navigation, and drops the list.
    """
    for holder in part.iter("p", "ul", "ol", "dl", "table", "li", "dd"):
        before = holder.getprevious()
        announced = before is not None and before.text_content().rstrip().endswith(":")
        linked = sum(word_count(link.text_content()) for link in holder.iter("a"))
        if holder.tag == "table" or announced or linked <= _MOST_LINKED * word_count(holder.text_content()):
            for link in list(holder.iter("a")):
                link.tag = "span"


def _wrap_loose_text(part: Element) -> None:
    """Puts text that stands in a division without a paragraph into one: trafilatura leaves such text out of most pages.

    A line break ends a paragraph here, as it did on the page.
    """
    for holder in [element for element in part.iter(etree.Element) if element.tag in _DIVISIONS]:
        children = list(holder)
        paragraph = _paragraph(holder, holder.text)
        holder.text = None
        for child in children:
            tail, child.tail = child.tail, None
            if child.tag in _INLINE:
                paragraph = _paragraph(holder, None) if paragraph is None else paragraph
                paragraph.append(child)
                child.tail = tail
                continue
            if child.tag == "br":
                child.drop_tree()
            else:
                holder.append(child)
            paragraph = _paragraph(holder, tail)


def _paragraph(holder: Element, text: str | None) -> Element:
    """A new paragraph at the end of an element; None if there is no text for it yet."""
    if text is not None and not text.strip():
        return None
    paragraph = etree.SubElement(holder, "p")
    paragraph.text = text
    return paragraph


def _repeat_row_heads(part: Element) -> None:
    """Repeats a first cell that spans rows in each of them: a row that is quoted alone needs its head."""
    for row in part.iter("tr"):
        cell = next(row.iterchildren("th", "td"), None)
        span = str(cell.attrib.pop("rowspan", "1")) if cell is not None else "1"
        for following in list(row.itersiblings("tr"))[: min(int(span), _MOST_ROWS) - 1 if span.isdecimal() else 0]:
            following.insert(0, deepcopy(cell))
