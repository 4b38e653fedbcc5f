"""DOCX: the text of a Word document, walked as the XML that it is (ECMA-376, part 1, WordprocessingML).

By hand, because of the limits that reading has: mammoth takes 4 to 10 times the time and 3 times the memory for the same text,
drops simple fields, shows hidden text, and knows no heading whose style is derived from Word's.
"""

from collections.abc import Iterable, Iterator
from posixpath import dirname, join, normpath

from lxml import etree  # type: ignore[import-untyped]

from assistant.errors import LoadError
from ingest.document import Document
from ingest.load.clean import word_count
from ingest.load.docx_styles import Role, Styles, attribute, is_on, local_name
from ingest.load.office import CHANGES_ACCEPTED, Element, Package, append_text, reading, words_hidden
from ingest.load.office_sections import write_document

_MOST_COLUMNS = 100
# What wraps paragraphs, rows, cells or runs without a meaning of its own; `del` and `moveFrom` are not among it.
_WRAPPERS = frozenset({"ins", "moveTo", "smartTag", "customXml", "sdt", "sdtContent"})
_INLINE_WRAPPERS = _WRAPPERS | {"hyperlink", "fldSimple", "dir", "bdo", "ruby", "rubyBase"}
_DRAWINGS = frozenset({"AlternateContent", "drawing", "pict", "object"})
_CHARACTERS = {"tab": " ", "ptab": " ", "br": " ", "cr": " ", "noBreakHyphen": "-"}
# Signs of the Wingdings font that say yes or no in tables.
_WINGDINGS = {"FC": "✓", "FB": "✗", "FE": "☑", "FD": "☒", "A8": "☐", "6F": "☐", "E0": "→"}


def load_docx(name: str, data: bytes) -> Document:
    """Reads a DOCX file. Notes, comments, page headers and footers, contents lists and deleted text are left out.

    Raises:
        LoadError: it is damaged, protected by a password, or unpacks to more than a document would.
    """
    with reading(name):
        package = Package(name, data)
        main = _related(package, "", "officeDocument") or "word/document.xml"
        document = package.xml(main)
        text = None if document is None else document.find("{*}body")
        if text is None or local_name(document) != "document":
            raise LoadError(
                f"{name}: this is not a Word document, whatever its name says. Save it again as DOCX, ODT or PDF."
            )
        styles = package.xml(_related(package, main, "styles") or "word/styles.xml")
        numbering = package.xml(_related(package, main, "numbering") or "word/numbering.xml")
        walk = _Walk(Styles(etree.QName(document).namespace, styles, numbering))
        body = etree.Element("body")
        walk.blocks(text, body)
        return write_document(
            body,
            property_title=package.title(_related(package, "", "core-properties") or "docProps/core.xml"),
            warnings=[f"{name}: {remark}" for remark in walk.remarks(text)],
        )


def _related(package: Package, part: str, kind: str) -> str | None:
    """The part that `part` names as being of a kind; `""` is the package itself."""
    folder = dirname(part)
    relations = package.xml(join(folder, "_rels", f"{part.removeprefix(folder).lstrip('/')}.rels"))
    for relation in () if relations is None else relations.iterchildren("{*}Relationship"):
        target = normpath(join("/", folder, relation.get("Target", ""))).lstrip("/")
        if relation.get("Type", "").endswith(f"/{kind}") and target in package:
            return target
    return None


class _Walk:
    """Writes the blocks of a document as the HTML elements that office_sections reads."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._w = styles.w
        self._hidden_words = 0
        self._merging: list[Element] = []

    def remarks(self, text: Element) -> Iterator[str]:
        """What an author should know about the text that was left out."""
        changes = [f"{self._w}{name}" for name in ("ins", "del", "moveFrom", "moveTo")]
        if next(text.iter(*changes), None) is not None:
            yield CHANGES_ACCEPTED
        if self._hidden_words:
            yield words_hidden(self._hidden_words)

    def blocks(self, holder: Element, parent: Element) -> None:
        """Writes the blocks in `holder` to the end of `parent`."""
        for block in holder:
            name = local_name(block)
            if name == "p":
                self._paragraph(block, parent)
            elif name == "tbl":
                self._table(block, parent)
            elif name == "AlternateContent":
                self._boxes([block], parent)
            elif name in _WRAPPERS and not self._styles.is_contents(block):
                self.blocks(block, parent)

    def _paragraph(self, paragraph: Element, parent: Element) -> None:
        self._merging.append(paragraph)
        end_is_deleted = paragraph.find(f"{self._w}pPr/{self._w}rPr/{self._w}del") is not None
        following = paragraph.getnext()
        if end_is_deleted and following is not None and local_name(following) == "p":
            return  # it runs on into the next paragraph
        merged, self._merging = self._merging, []
        style = self._styles.paragraph_style(paragraph)
        role, rank = self._styles.role(paragraph, style)
        if role is Role.CONTENTS:
            return
        written = etree.SubElement(parent, {Role.HEADING: f"h{rank}", Role.ITEM: "li"}.get(role, "p"))
        if role is Role.ITEM:
            written.set("depth", str(rank))
        elif role in (Role.TITLE, Role.BOLD):
            written.set("class", role.value)
        drawings: list[Element] = []
        for each in merged:
            self._inline(each, style, written, drawings)
        self._boxes(drawings, parent)

    def _inline(self, holder: Element, style: str, target: Element, drawings: list[Element]) -> None:
        """Writes the runs in `holder`, and collects the drawings, which may hold text boxes."""
        for child in holder:
            name = local_name(child)
            if name == "r":
                self._run(child, style, target, drawings)
            elif name in _INLINE_WRAPPERS:
                self._inline(child, style, target, drawings)
            elif name in _DRAWINGS:
                drawings.append(child)

    def _run(self, run: Element, style: str, target: Element, drawings: list[Element]) -> None:
        text = "".join(self._characters(run))
        look = self._styles.look(run, style)
        if look.hidden:
            self._hidden_words += word_count(text)
            return
        drawings.extend(child for child in run if local_name(child) in _DRAWINGS)
        tag = "s" if look.struck else "sup" if look.raised else "strong" if look.bold else None
        if tag is None:
            append_text(target, text)
        elif len(target) and target[-1].tag == tag and not target[-1].tail:
            append_text(target[-1], text)
        elif text:
            etree.SubElement(target, tag).text = text

    def _characters(self, run: Element) -> Iterator[str]:
        for child in run:
            name = local_name(child)
            if name == "t":
                yield child.text or ""
            elif name in _CHARACTERS:
                yield _CHARACTERS[name]
            elif name == "sym" and attribute(child, "font").startswith("Wingdings"):
                yield _WINGDINGS.get(attribute(child, "char")[-2:].upper(), "")
            elif name == "ruby":
                yield from (text.text or "" for text in child.iterfind(f"{self._w}rubyBase//{self._w}t"))

    def _boxes(self, drawings: Iterable[Element], parent: Element) -> None:
        for drawing in drawings:
            for box in _text_boxes(drawing):
                self.blocks(box, parent)

    def _table(self, table: Element, parent: Element) -> None:
        written = etree.SubElement(parent, "table")
        rows = [row for row in self._unwrapped(table, "tr") if row.find(f"{self._w}trPr/{self._w}del") is None]
        styled = self._styles.heads_first_row(table)
        above: dict[int, Element] = {}
        for index, row in enumerate(rows):
            target = etree.SubElement(written, "tr")
            if is_on(row.find(f"{self._w}trPr/{self._w}tblHeader")) or (styled and not index):
                target.set("class", "head")
            column = 0
            for cell in self._unwrapped(row, "tc"):
                column = self._cell(cell, column, target, above)

    def _unwrapped(self, holder: Element, name: str) -> Iterator[Element]:
        for child in holder:
            if local_name(child) == name:
                yield child
            elif local_name(child) in _WRAPPERS:
                yield from self._unwrapped(child, name)

    def _cell(self, cell: Element, column: int, row: Element, above: dict[int, Element]) -> int:
        """Writes a cell, or lets the one above it reach further down. Returns the next column."""
        spanned = attribute(cell.find(f"{self._w}tcPr/{self._w}gridSpan"), "val")
        columns = min(int(spanned), _MOST_COLUMNS) if spanned.isdecimal() else 1
        merge = cell.find(f"{self._w}tcPr/{self._w}vMerge")
        if merge is not None and attribute(merge, "val") in ("", "continue") and column in above:
            above[column].set("rowspan", str(int(above[column].get("rowspan")) + 1))
        else:
            above[column] = etree.SubElement(row, "td", colspan=str(columns), rowspan="1")
            self.blocks(cell, above[column])
        return column + columns


def _text_boxes(drawing: Element) -> Iterator[Element]:
    """The text boxes in a drawing. Where it is given in two notations, those of the first that has any."""
    for child in drawing:
        if local_name(child) == "txbxContent":
            yield child
        elif local_name(child) == "AlternateContent" or local_name(drawing) == "AlternateContent":
            found = list(_text_boxes(child))
            yield from found
            if found and local_name(drawing) == "AlternateContent":
                return
        else:
            yield from _text_boxes(child)
