"""Web pages: main text by trafilatura, kept with its headings, lists and tables. Nothing is ever fetched."""

import re
from collections.abc import Iterator, Sequence

import trafilatura
from lxml import etree, html  # type: ignore[import-untyped]
from trafilatura.metadata import examine_title_element
from trafilatura.settings import use_config

from assistant.errors import LoadError
from ingest.document import BlockKind, Document, Section
from ingest.load import FEWEST_WORDS
from ingest.load.clean import clean, word_count
from ingest.load.decode import decode
from ingest.load.furniture import is_date, is_furniture
from ingest.load.html_main import Dropped, main_part, prose_count, without_furniture
from ingest.load.html_repair import repair
from ingest.load.lists import flatten
from ingest.load.quiet import quiet
from ingest.load.sections import SectionBuilder
from ingest.load.tables import table_rows
from ingest.load.templates import drop_template_markup

_LEAST_KEPT = 0.7
_LONGEST_LABEL_WORDS = 5
_MOST_HIDDEN_WORDS = 30
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([A-Za-z0-9_-]{2,40})""", re.IGNORECASE)


def load_html(name: str, data: bytes) -> Document:
    """Reads a web page.

    Raises:
        LoadError: the page has no text of its own, or is no HTML.
    """
    try:
        with quiet("trafilatura"):
            return _load(name, data)
    except (LoadError, MemoryError):
        raise
    except Exception as error:  # lxml and trafilatura raise anything on hostile markup
        raise LoadError(
            f"{name}: the page could not be read. Save it again from the browser as HTML or PDF."
        ) from error


def _load(name: str, data: bytes) -> Document:
    charset = _CHARSET.search(data[:4096])
    decoded = decode(name, data, charset[1].decode("ascii") if charset else None)
    page = _parsed(name, drop_template_markup(decoded.text))
    has_script = page.find(".//script") is not None
    named = _only_heading(page) or _window_title(page)
    page, dropped = without_furniture(page)
    if has_script and word_count(page.text_content()) < FEWEST_WORDS:
        raise LoadError(
            f"{name}: the page is rendered by script, so the file holds no text. "
            "Open it in a browser, then save or export it as HTML or PDF."
        )
    title = _only_heading(page) or named
    part = main_part(page)
    repair(part)
    words = prose_count(part)
    builder = SectionBuilder()
    _write(_extracted(name, part), title, builder)
    sections = builder.finish()
    warnings = [*decoded.warnings, *_loss_warnings(name, sections, words, dropped)]
    return Document(title=title, sections=sections, warnings=tuple(warnings))


def _parsed(name: str, text: str) -> html.HtmlElement:
    page = trafilatura.load_html(f"<!doctype html>\n{text}" if "<html" not in text[:2000].lower() else text)
    if page is None:
        raise LoadError(f"{name}: this is not a web page. Save it again from the browser as HTML or PDF.")
    return page


def _only_heading(page: html.HtmlElement) -> str | None:
    heads = [head for head in page.iter("h1") if clean(head.text_content())]
    return clean(heads[0].text_content()) if len(heads) == 1 else None


def _window_title(page: html.HtmlElement) -> str | None:
    """The title of the window, without the name of the site."""
    whole, first, _ = examine_title_element(page)
    return clean(first or whole) or None


def _extracted(name: str, part: html.HtmlElement) -> etree._Element:
    # fast: the fallback algorithms (readability, justext) drop lists and headings. recall: keeps lists in table cells.
    # Without a least size: the rescue of short texts makes one paragraph of all.
    config = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", "1")
    found = trafilatura.bare_extraction(
        part,
        fast=True,
        favor_recall=True,
        include_comments=False,
        include_tables=True,
        include_formatting=False,
        config=config,
    )
    if not isinstance(found, trafilatura.settings.Document) or found.body is None:
        raise LoadError(
            f"{name}: no main text was found. Save the page itself, not a list of links or a search result."
        )
    return found.body


def _loss_warnings(name: str, sections: Sequence[Section], words: int, dropped: Dropped) -> Iterator[str]:
    words += dropped.by_class
    kept = sum(word_count(item) for section in sections for block in section.blocks for item in block.items)
    kept += sum(word_count(section.heading_path[-1]) for section in sections if section.heading_path)
    if kept < _LEAST_KEPT * words:
        share = round(100 * (1 - kept / words))
        yield f"{name}: about {share} % of the main text was left out as furniture. Compare the result with the page."
    if dropped.hidden >= _MOST_HIDDEN_WORDS:
        yield f"{name}: {dropped.hidden} words that the page hides were left out. If they matter, open them and save."


def _write(body: etree._Element, title: str | None, builder: SectionBuilder) -> None:
    """Writes trafilatura's simplified body (head, p, list, table, quote, code, and loose text between them)."""
    tops = [clean(_flow(head)) for head in body.iter("head") if head.get("rend") == "h1"]
    started = False
    for text, element in _blocks(body):
        kind = None if element is None else element.tag
        if kind == "list":
            _write_list(element, builder)
        elif kind == "table":
            _write_table(element, builder)
        elif kind == "head":
            if tops == [clean(text)] or (clean(text) in tops and clean(text) == title):
                continue
            builder.heading(_rank(element), text)
        else:
            # "Guidance", "Updated 24 December 2015": labels between the title and the text.
            label = (
                not started
                and word_count(text) <= _LONGEST_LABEL_WORDS
                and not clean(text).endswith((".", ":", "?", "!"))
            )
            if label or is_furniture(clean(text)) or (is_date(clean(text)) and not started):
                continue
            builder.paragraph(text)
        started = True


def _blocks(body: etree._Element) -> Iterator[tuple[str, etree._Element | None]]:
    """Blocks in reading order, each with its text; a block without an element is loose text."""
    yield from _loose(body.text)
    for child in body:
        if child.tag in ("div", "quote") and len(child):
            yield from _blocks(child)
        elif child.tag not in ("lb", "del"):
            yield _flow(child), child
        yield from _loose(child.tail)


def _loose(text: str | None) -> Iterator[tuple[str, None]]:
    if text and text.strip():
        yield text, None


def _flow(element: etree._Element) -> str:
    """The text of an element without nested lists and struck-out text, a space for each block or break inside it."""
    parts = [element.text or ""]
    for child in element:
        if child.tag not in ("list", "del"):
            inner = _flow(child)
            parts.append(inner if child.tag in ("hi", "ref", "code") else f" {inner} ")
        parts.append(child.tail or "")
    return "".join(parts)


def _rank(head: etree._Element) -> int:
    rank = str(head.get("rend") or "")[1:]
    return int(rank) if rank.isdecimal() else 6


def _write_list(node: etree._Element, builder: SectionBuilder) -> None:
    """Writes a list; items that carry headings, as on pages of cards, become sections."""
    if node.find(".//head") is None:
        builder.add(BlockKind.LIST, flatten(list(_items(node, 0))))
        return
    for item in node:
        for text, element in _blocks(item):
            if element is not None and element.tag == "head":
                builder.heading(_rank(element), text)
            elif element is not None and element.tag == "list":
                _write_list(element, builder)
            else:
                builder.paragraph(text)


def _items(node: etree._Element, depth: int) -> Iterator[tuple[int, str]]:
    """The items of a list and of those nested in it, as (depth, text). A term and its description are one item."""
    term = ""
    for item in node.iterchildren("item"):
        text = clean(_flow(item))
        if str(item.get("rend") or "").startswith("dt-"):
            term = text.rstrip(": ")
            continue
        yield depth, f"{term}: {text}" if term and text else text or term
        for nested in item.iter("list"):
            if next(nested.iterancestors("item")) is item:
                yield from _items(nested, depth + 1)


def _write_table(table: etree._Element, builder: SectionBuilder) -> None:
    head: list[str] = []
    rows: list[list[str]] = []
    for row in table.iter("row"):
        cells = [_flow(cell) + " ".join(_flow(item) for item in cell.iter("item")) for cell in row.iterchildren("cell")]
        filled = [cell for cell, text in zip(row.iterchildren("cell"), cells, strict=True) if text.strip()]
        is_head = bool(filled) and not rows and all(cell.get("role") == "head" for cell in filled)
        if is_head and len(filled) == 1 and len(cells) > 1:
            builder.paragraph(" ".join(cells))  # a caption
        elif is_head:
            head = cells
        else:
            rows.append(cells)
    builder.add(BlockKind.TABLE, table_rows(head, rows))
