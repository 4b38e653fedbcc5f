"""Makes sections of a word-processed document, given as a tree of the few HTML elements that docx.py and odt.py agree on.

Blocks: h1 to h10, p, li with its `depth` from 0, table, tr and td. Class "title" is on the paragraphs of the document's title,
"bold" on one in bold type, "head" on a row of column heads. In the text: strong, s (struck out), sup; any other element
counts for its text only.
"""

import re
from collections.abc import Sequence
from itertools import groupby, takewhile
from typing import NamedTuple

from ingest.document import BlockKind, Document
from ingest.load.clean import clean, word_count
from ingest.load.lists import flatten
from ingest.load.office import Element
from ingest.load.sections import SectionBuilder
from ingest.load.tables import table_rows

# In legal templates whole clauses are set in heading styles; a heading is not quoted, so those are text.
_LONGEST_HEADING_WORDS = 30
_LONGEST_BOLD_HEADING_WORDS = 12
_MOST_COLUMNS = 100
_MOST_SPANNED_ROWS = 200
_HEADING = re.compile(r"h(10|[1-9])")
# \uf0b7 is the bullet of the Symbol font.
_TYPED_BULLET = re.compile(r"\s*[•‣◦▪●○■□·\uf0b7\u2013-]\s+(\S.*)", re.DOTALL)
_BLOCKS = frozenset({"p", "li", "table", "tr", "td", *(f"h{rank}" for rank in range(1, 11))})
_SUPERSCRIPT = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")


def write_document(body: Element, *, property_title: str | None, warnings: Sequence[str]) -> Document:
    """The document in `body`. Its title is what is set as one, else its only first-level heading, else `property_title`."""
    title, titles = _title(body)
    writer = _Writer(titles=titles, bold_heads=not any(_is_heading(element) for element in body.iter()))
    writer.write(body)
    return Document(title=title or property_title, sections=writer.builder.finish(), warnings=tuple(warnings))


def _title(body: Element) -> tuple[str | None, set[Element]]:
    """The title and the elements that hold it: a title may run over several paragraphs."""
    marked = [element for element in body.iter() if element.get("class") == "title" and clean(_text(element))]
    if marked:
        held = marked[:1]
        for element in marked[1:]:
            if element.getprevious() is not held[-1]:
                break
            held.append(element)
    else:
        heads = [element for element in body.iter("h1") if _is_heading(element) and clean(_text(element))]
        held = heads if len(heads) == 1 else []
    return clean(" ".join(map(_text, held))) or None, set(held)


def _is_heading(element: Element) -> bool:
    return _HEADING.fullmatch(element.tag) is not None and word_count(_text(element)) <= _LONGEST_HEADING_WORDS


class _Writer:
    """Writes blocks to a section builder. Without any heading of its own, a document is headed by its bold lines."""

    def __init__(self, *, titles: set[Element], bold_heads: bool) -> None:
        self.builder = SectionBuilder()
        self._titles = titles
        self._bold_heads = bold_heads

    def write(self, parent: Element) -> None:
        """Writes the blocks in an element. Items that follow one another are one list: word processors break them up."""
        for kind, run in groupby(parent, key=_kind):
            blocks = list(run)
            if kind is BlockKind.LIST:
                self.builder.add(BlockKind.LIST, flatten(list(map(_item, blocks))))
            else:
                for block in blocks:
                    self._write_block(block)

    def _write_block(self, block: Element) -> None:
        if block in self._titles:
            return
        if block.tag == "table":
            self._write_table(block)
        elif block.get("class") == "title":
            self.builder.heading(0, _text(block))
        elif _is_heading(block):
            self.builder.heading(int(block.tag[1:]), _text(block))
        elif self._bold_heads and _is_bold_heading(block):
            self.builder.heading(1, _text(block))
        else:
            self.builder.paragraph(_text(block))

    def _write_table(self, table: Element) -> None:
        rows = list(table)
        grid = _grid(rows)
        if max(map(len, grid), default=0) <= 1:
            for row in rows:  # a box around text
                for cell in row:
                    self.write(cell)
            return
        heads = _head_count(rows)
        head = [" ".join(dict.fromkeys(filter(None, column))) for column in zip(*grid[:heads], strict=True)]
        self.builder.add(BlockKind.TABLE, table_rows(head, grid[heads:]))


def _kind(block: Element) -> BlockKind:
    if block.tag == "li" or (block.tag == "p" and _TYPED_BULLET.match(_text(block))):
        return BlockKind.LIST
    return BlockKind.TABLE if block.tag == "table" else BlockKind.PARAGRAPH


def _item(block: Element) -> tuple[int, str]:
    """A list item as (depth, text)."""
    text = _text(block)
    if block.tag == "li":
        return int(block.get("depth")), text
    bullet = _TYPED_BULLET.match(text)
    return 0, bullet[1] if bullet else text


def _is_bold_heading(block: Element) -> bool:
    text = clean(_text(block))
    return (
        block.tag == "p"
        and 0 < word_count(text) <= _LONGEST_BOLD_HEADING_WORDS
        and not text.endswith((".", ",", ";", ":"))
        and (block.get("class") == "bold" or _is_bold(block))
    )


def _is_bold(block: Element) -> bool:
    """Whether all of a block's letters are bold."""
    bold = "".join(_text(part) for part in block.iter("strong") if next(part.iterancestors("strong"), None) is None)
    return _letters(bold) == _letters(_text(block)) != ""


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


class _Spanning(NamedTuple):
    """A cell that reaches into the rows below it."""

    text: str
    rows: int


def _grid(rows: Sequence[Element]) -> list[list[str]]:
    """The text of each cell by row and column. A merged cell's text is repeated downwards: a row may be quoted alone."""
    spanning: dict[int, _Spanning] = {}
    grid: list[list[str]] = []
    for row in rows:
        texts: list[str] = []
        for cell in row:
            _take_from_above(texts, spanning)
            for offset in range(min(_span(cell, "colspan"), _MOST_COLUMNS - len(texts))):
                text = "" if offset and not _is_head(row) else clean(_text(cell))
                if (below := min(_span(cell, "rowspan"), _MOST_SPANNED_ROWS) - 1) > 0:
                    spanning[len(texts)] = _Spanning(text, below)
                texts.append(text)
        _take_from_above(texts, spanning)
        grid.append(texts)
    width = max(map(len, grid), default=0)
    return [texts + [""] * (width - len(texts)) for texts in grid]


def _take_from_above(texts: list[str], spanning: dict[int, _Spanning]) -> None:
    """Fills the next columns as long as cells of the rows above reach into them."""
    while (cell := spanning.pop(len(texts), None)) is not None:
        if cell.rows > 1:
            spanning[len(texts)] = _Spanning(cell.text, cell.rows - 1)
        texts.append(cell.text)


def _span(cell: Element, attribute: str) -> int:
    value = str(cell.get(attribute) or "1")
    return max(1, int(value)) if value.isdecimal() and len(value) < 6 else 1


def _head_count(rows: Sequence[Element]) -> int:
    """How many rows head the columns: those marked so, else the first if it is the only one that is all bold."""
    marked = sum(1 for _ in takewhile(_is_head, rows))
    if marked:
        return marked if marked < len(rows) else 0
    bold = [all(map(_is_bold_cell, row)) for row in rows[:2]]
    return 1 if bold == [True, False] else 0


def _is_head(row: Element) -> bool:
    kind: str | None = row.get("class")
    return kind == "head"


def _is_bold_cell(cell: Element) -> bool:
    return not clean(_text(cell)) or all(
        block.get("class") == "bold" or _is_bold(block) for block in cell if clean(_text(block))
    )


def _text(element: Element) -> str:
    """The text in an element: without what is struck out, and with raised digits as such, since "10 m2" says something else."""
    parts = [element.text or ""]
    for child in element:
        if child.tag != "s":
            inner = _text(child)
            if child.tag == "sup" and set(inner.strip()) <= set("0123456789+-"):
                inner = inner.strip().translate(_SUPERSCRIPT)
            parts.append(f" {inner} " if child.tag in _BLOCKS else inner)
        parts.append(child.tail or "")
    return "".join(parts)
