"""ODT: the text of an OpenDocument file, walked as the XML that it is (OASIS OpenDocument 1.4, part 3)."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lxml import etree  # type: ignore[import-untyped]

from assistant.errors import LoadError
from ingest.document import Document
from ingest.load.clean import word_count
from ingest.load.office import CHANGES_ACCEPTED, Element, Package, append_text, protected, reading, words_hidden
from ingest.load.office_sections import write_document

_URN = "urn:oasis:names:tc:opendocument:xmlns:"
_PREFIXES = {
    f"{_URN}office:1.0": "office",
    f"{_URN}style:1.0": "style",
    f"{_URN}text:1.0": "text",
    f"{_URN}table:1.0": "table",
    f"{_URN}drawing:1.0": "draw",
    f"{_URN}xsl-fo-compatible:1.0": "fo",
    "http://www.w3.org/1999/xlink": "xlink",
}
_NAMESPACES = {prefix: namespace for namespace, prefix in _PREFIXES.items()}
_HIGHEST_RANK = 10
_MOST_REPEATED = 100
_SPACES = frozenset({"text:s", "text:tab", "text:line-break"})
_SHAPES = frozenset(
    {"frame", "g", "a", "rect", "line", "polyline", "polygon", "path", "circle", "ellipse", "connector", "custom-shape"}
)
# Inside a paragraph: notes, comments, what is hidden, and what belongs to a ruby text or a drawing.
_LEFT_OUT = frozenset(
    {
        "text:note", "office:annotation", "office:annotation-end", "text:hidden-text", "text:hidden-paragraph",
        "text:ruby-text", "text:script", "text:tracked-changes"
    }
)  # fmt: skip
# Around blocks: contents lists and indexes are left out, what else holds blocks is walked.
_HOLDERS = frozenset(
    {"text:section", "text:numbered-paragraph", "draw:text-box", *(f"draw:{each}" for each in _SHAPES)}
)


def load_odt(name: str, data: bytes) -> Document:
    """Reads an ODT file. Notes, comments, page headers and footers, contents lists and deleted text are left out.

    Raises:
        LoadError: it is damaged, protected by a password, or unpacks to more than a document would.
    """
    with reading(name):
        package = Package(name, data)
        if b"encryption-data" in package.read("META-INF/manifest.xml"):
            raise protected(name)
        content = package.xml("content.xml")
        text = None if content is None else content.find("office:body/office:text", _NAMESPACES)
        if text is None:
            raise LoadError(
                f"{name}: this is not a text document, whatever its name says. Save it again as DOCX, ODT or PDF."
            )
        walk = _Walk(_Styles([root for root in (package.xml("styles.xml"), content) if root is not None]))
        body = etree.Element("body")
        walk.blocks(text, body)
        warnings = [f"{name}: {remark}" for remark in walk.remarks(text)]
        return write_document(body, property_title=package.title("meta.xml"), warnings=warnings)


class _Look(NamedTuple):
    """What matters of how a text looks."""

    hidden: bool = False
    struck: bool = False
    raised: bool = False
    bold: bool = False
    title: bool = False


class _Styles:
    """The styles of a document, each with what it takes from the style that it is derived from."""

    def __init__(self, roots: list[Element]) -> None:
        self._styles: dict[tuple[str, str], Element] = {}
        for root in roots:
            for style in root.iter(f"{{{_NAMESPACES['style']}}}style"):
                self._styles[_get(style, "style:family"), _get(style, "style:name")] = style
        self._looks: dict[tuple[str, str], _Look] = {}

    def look(self, family: str, name: str) -> _Look:
        """How a style of a family ("text" or "paragraph") makes its text look."""
        key = (family, name)
        if key not in self._looks:
            chain = list(self._chain(family, name))
            names = {name, *(_get(style, "style:name") for style in chain)}
            said: dict[str, str] = {}
            for style in reversed(chain):
                for properties in style.iterfind("style:text-properties", _NAMESPACES):
                    said |= {_prefixed(attribute): value for attribute, value in properties.items()}
            self._looks[key] = _Look(
                hidden=said.get("text:display") == "none",
                struck=said.get("style:text-line-through-style", "none") != "none",
                raised=said.get("style:text-position", "").startswith("super"),
                bold=said.get("fo:font-weight") in ("bold", "600", "700", "800", "900"),
                title="Title" in names and "Subtitle" not in names,
            )
        return self._looks[key]

    def _chain(self, family: str, name: str) -> Iterator[Element]:
        seen: set[str] = set()
        while name not in seen and (style := self._styles.get((family, name))) is not None:
            seen.add(name)
            yield style
            name = _get(style, "style:parent-style-name")


class _Walk:
    """Writes the blocks of a document as the HTML elements that office_sections reads."""

    def __init__(self, styles: _Styles) -> None:
        self._styles = styles
        self._hidden_words = 0

    def remarks(self, text: Element) -> Iterator[str]:
        """What an author should know about the text that was left out."""
        if text.find("text:tracked-changes/text:changed-region", _NAMESPACES) is not None:
            yield CHANGES_ACCEPTED
        if self._hidden_words:
            yield words_hidden(self._hidden_words)

    def blocks(self, holder: Iterable[Element], parent: Element) -> None:
        """Writes the blocks in `holder` to the end of `parent`."""
        for block in holder:
            name = _prefixed(block.tag)
            if name in ("text:p", "text:h"):
                self._paragraph(block, name, parent)
            elif name == "text:list":
                self._list(block, parent, 0)
            elif name == "table:table":
                self._table(block, parent)
            elif name in _HOLDERS:
                if _get(block, "text:display") == "none" or _get(block, "text:is-hidden") == "true":
                    self._hide(block)
                else:
                    self.blocks(block, parent)

    def _hide(self, element: Element) -> None:
        self._hidden_words += word_count(" ".join(element.itertext()))

    def _paragraph(self, block: Element, name: str, parent: Element) -> None:
        look = self._styles.look("paragraph", _get(block, "text:style-name"))
        if look.hidden:
            self._hide(block)
            return
        level = _get(block, "text:outline-level")
        rank = min(int(level), _HIGHEST_RANK) if level.isdecimal() and int(level) else 1
        paragraph = etree.SubElement(parent, f"h{rank}" if name == "text:h" else "p")
        if look.title:
            paragraph.set("class", "title")
        elif look.bold:
            paragraph.set("class", "bold")
        boxes: list[Element] = []
        self._inline(block, paragraph, boxes)
        for box in boxes:
            self.blocks(box, parent)

    def _inline(self, element: Element, target: Element, boxes: list[Element]) -> None:
        """Writes the text in an element to the end of `target`, and collects the boxes that are anchored in it."""
        append_text(target, element.text)
        for child in element:
            name = _prefixed(child.tag)
            if name in _SPACES:
                append_text(target, " ")
            elif name.startswith("draw:"):
                boxes.append(child)
            elif name == "text:span":
                self._span(child, target, boxes)
            elif name not in _LEFT_OUT:
                self._inline(child, target, boxes)
            append_text(target, child.tail)

    def _span(self, span: Element, target: Element, boxes: list[Element]) -> None:
        look = self._styles.look("text", _get(span, "text:style-name"))
        if look.hidden:
            self._hide(span)
            return
        tag = "s" if look.struck else "sup" if look.raised else "strong" if look.bold else "span"
        self._inline(span, etree.SubElement(target, tag), boxes)

    def _list(self, block: Element, parent: Element, depth: int) -> None:
        """Writes the items of a list and of those in it. Numbered headings may stand in lists, too."""
        for item in block:
            if item.find(".//text:h", _NAMESPACES) is not None:
                self.blocks(item, parent)
                continue
            written = etree.SubElement(parent, "li", depth=str(depth))
            for child in item:
                if _prefixed(child.tag) == "text:list":
                    self._list(child, parent, depth + 1)
                else:
                    self.blocks([child], written)

    def _table(self, table: Element, parent: Element) -> None:
        self._rows(table, etree.SubElement(parent, "table"), {})

    def _rows(self, holder: Element, target: Element, attributes: dict[str, str]) -> None:
        for child in holder:
            name = _prefixed(child.tag)
            if name == "table:table-header-rows":
                self._rows(child, target, {"class": "head"})
            elif name in ("table:table-rows", "table:table-row-group"):
                self._rows(child, target, attributes)
            elif name == "table:table-row" and _get(child, "table:visibility") not in ("collapse", "filter"):
                self._row(child, etree.SubElement(target, "tr", attributes))

    def _row(self, row: Element, target: Element) -> None:
        """Writes a row. Cells that a merged one covers are left out, as in HTML."""
        for cell in row.iterchildren(f"{{{_NAMESPACES['table']}}}table-cell"):
            written = etree.SubElement(target, "td")
            for ours, theirs in (("colspan", "columns"), ("rowspan", "rows")):
                written.set(ours, _get(cell, f"table:number-{theirs}-spanned") or "1")
            self.blocks(cell, written)
            # Only to keep the columns in line: a cell that repeats tables of cells that repeat would never end.
            repeated = _get(cell, "table:number-columns-repeated")
            for _ in range(min(int(repeated), _MOST_REPEATED) - 1 if repeated.isdecimal() else 0):
                etree.SubElement(target, "td")


def _prefixed(tag: str) -> str:
    """A tag or attribute with our prefix for its namespace, such as "text:p"."""
    namespace, _, local = tag.removeprefix("{").rpartition("}")
    return f"{_PREFIXES.get(namespace, '')}:{local}"


def _get(element: Element, attribute: str) -> str:
    prefix, _, local = attribute.partition(":")
    value: str = element.get(f"{{{_NAMESPACES[prefix]}}}{local}", "")
    return value
