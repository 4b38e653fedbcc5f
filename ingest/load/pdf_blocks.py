"""Turns the runs of a PDF into paragraphs, lists and tables, each with the page on which it starts."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from ingest.document import BlockKind, Section
from ingest.load.clean import word_count
from ingest.load.lists import flatten
from ingest.load.pdf_headings import Run
from ingest.load.pdf_joining import Joining, ends_sentence
from ingest.load.pdf_lines import Line
from ingest.load.sections import SectionBuilder
from ingest.load.tables import table_rows

_BULLET_CHARACTERS = "•‣◦▪●○■□·∙➢➤✓✔❖*"
_DASHES = "\u2013\u2014-"
_MARKER = re.compile(
    rf"(?P<bullet>[{_BULLET_CHARACTERS}])\s*(?=\S)|(?P<weak>[{_DASHES}]|\(?(?:\d{{1,2}}|[a-z]|[ivx]{{1,4}})[.)])\s+(?=\S)"
)
_LONGEST_NUMBERED_ITEM = 45
_LEAST_TABLE_ROWS = 3
_ALIGNED = 6.0
_SAME_PLACE = 3.0


@dataclass
class _Piece:
    """A paragraph, item, table or heading while it is put together.

    `x` is where an item's mark stands, `text_x` where its text starts, if that is known.
    """

    page: int
    texts: list[str] = field(default_factory=list)
    last: Line | None = None
    x: float | None = None
    text_x: float | None = None
    numbered: bool = False
    rank: int | None = None
    rows: tuple[str, ...] = ()


def write_sections(runs: Sequence[Run], notes: Sequence[Sequence[Line]], joining: Joining) -> tuple[Section, ...]:
    """The sections of a document from its runs, and from the footnotes of each page."""
    pieces = _pieces(runs, joining)
    for lines in notes:
        if lines:
            page = lines[0].page
            body = [index for index, piece in enumerate(pieces) if piece.rank is None and piece.page <= page]
            place = body[-1] + 1 if body else len(pieces)
            pieces[place:place] = _pieces([Run(tuple(lines), None)], joining)
    builder = SectionBuilder()
    for is_item, group in groupby(pieces, key=lambda piece: piece.x is not None):
        if is_item:
            for page, items in groupby(group, key=lambda piece: piece.page):
                builder.turn_to(page)
                builder.add(BlockKind.LIST, _flat(list(items), joining))
        else:
            for piece in group:
                _write(piece, builder, joining)
    return builder.finish()


def _write(piece: _Piece, builder: SectionBuilder, joining: Joining) -> None:
    builder.turn_to(piece.page)
    if piece.rank is not None:
        builder.heading(piece.rank, joining.join(piece.texts))
    elif piece.rows:
        builder.add(BlockKind.TABLE, piece.rows)
    else:
        builder.paragraph(joining.join(piece.texts))


def _flat(items: Sequence[_Piece], joining: Joining) -> tuple[str, ...]:
    places = sorted({round((item.x or 0) / _ALIGNED) for item in items})
    return flatten([(places.index(round((item.x or 0) / _ALIGNED)), joining.join(item.texts)) for item in items])


def _pieces(runs: Sequence[Run], joining: Joining) -> list[_Piece]:
    pieces: list[_Piece] = []
    for is_body, group in groupby(runs, key=lambda run: run.rank is None):
        if not is_body:
            pieces.extend(_Piece(run.lines[0].page, [line.text for line in run.lines], rank=run.rank) for run in group)
            continue
        for unit in _units([line for run in group for line in run.lines]):
            if isinstance(unit, Line):
                _add_line(pieces, unit, joining)
            else:
                pieces.extend(_tables(unit))
    for piece in pieces:
        # Long numbered paragraphs, as in policy notes, are running text with a number, not a list.
        if piece.numbered and word_count(" ".join(piece.texts)) > _LONGEST_NUMBERED_ITEM:
            piece.x = None
    return pieces


def _add_line(pieces: list[_Piece], line: Line, joining: Joining) -> None:
    """Adds a line to the last piece if it carries on there, else starts a new one."""
    piece = pieces[-1] if pieces and pieces[-1].rank is None and not pieces[-1].rows else None
    last = piece.last if piece else None
    free = (
        last is None
        or piece is None
        or piece.x is not None
        or ends_sentence(last.text)
        or joining.is_spaced(last, line)
    )
    mark = _split_mark(line, free)
    if mark is not None:
        pieces.append(_Piece(line.page, [mark.text], line, x=line.x, text_x=mark.text_x, numbered=mark.numbered))
    elif piece is not None and last is not None and _carries_on(piece, last, line, joining):
        piece.texts.append(line.text)
        piece.last = line
    else:
        pieces.append(_Piece(line.page, [line.text], line))


def _carries_on(piece: _Piece, last: Line, line: Line, joining: Joining) -> bool:
    if piece.x is None or joining.is_spaced(last, line) or abs(line.size - last.size) > 1:
        return joining.carries_on(last, line)
    if piece.text_x is None and len(piece.texts) > 1:
        piece.text_x = last.x
    if piece.text_x is not None and piece.text_x > piece.x + _SAME_PLACE:
        # Under the item's text, and neither under its mark nor indented like a new paragraph.
        return abs(line.x - piece.text_x) <= _SAME_PLACE
    return joining.carries_on(last, line)


class _Mark(NamedTuple):
    """An item without its mark: its text, where that starts if known, and whether the mark is a number."""

    text: str
    text_x: float | None
    numbered: bool


def _split_mark(line: Line, free: bool) -> _Mark | None:
    """The item that a line starts, if it starts with a mark.

    A dash or a number only counts where an item may start (`free`): a wrapped line may begin with either.
    """
    first = line.fragments[0]
    mark = first.text.strip()
    following = next((part for part in line.fragments[1:] if part.text.strip()), None)
    rest = Line(line.fragments[1:], line.page, line.height)
    if following is not None:
        # A bullet may be a sign of a symbol font, one that the font doesn't name, or an "o" set apart.
        apart = following.x - first.end > 0.4 * first.size
        unnamed = len(mark) == 1 and (mark == "\x7f" or "\ue000" <= mark <= "\uf8ff")
        numbered = free and apart and mark.isdecimal() and len(mark) <= 2
        if unnamed or (first.symbol and len(mark) == 1) or (mark == "o" and apart) or numbered:
            return _Mark(rest.text, following.x, numbered)
    match = _MARKER.match(line.text)
    if match is None or (match["weak"] and not free):
        return None
    alone = following is not None and match[0].strip() == mark
    numbered = match["weak"] is not None and match["weak"] not in _DASHES
    return _Mark(line.text[match.end() :], following.x if alone and following else None, numbered)


def _units(lines: Sequence[Line]) -> Iterator[Line | list[Line]]:
    """Lines, and tables as lists of their lines: several lines with as many cells that start in the same places."""
    table: list[Line] = []
    for line in lines:
        if table and not _in_one_table(table[0], line):
            yield from _as_units(table)
            table = []
        # Two cells of which the first is a mark are an item.
        if len(line.cells) > 2 or (len(line.cells) == 2 and _split_mark(line, True) is None):
            table.append(line)
        else:
            yield line
    yield from _as_units(table)


def _as_units(table: list[Line]) -> Iterator[Line | list[Line]]:
    if len(table) >= _LEAST_TABLE_ROWS:
        yield table
    else:
        yield from table


def _in_one_table(first: Line, line: Line) -> bool:
    cells = line.cells
    return len(cells) == len(first.cells) and all(map(_in_one_column, cells, first.cells))


def _in_one_column(cell: Line, above: Line) -> bool:
    """Whether two cells are aligned at the left, at the right or in the middle."""
    left, right = cell.x - above.x, cell.end - above.end
    return min(abs(left), abs(right), abs(left + right) / 2) <= _ALIGNED


def _tables(lines: Sequence[Line]) -> Iterator[_Piece]:
    """A table as a piece for each page, the column heads repeated. A bold first row holds them, if no other is bold."""
    has_head = lines[0].bold and not all(line.bold for line in lines)
    head = [cell.text for cell in lines[0].cells] if has_head else []
    for page, group in groupby(lines, key=lambda line: line.page):
        rows = [cells for line in group if (cells := [cell.text for cell in line.cells]) != head]
        yield _Piece(page, rows=table_rows(head, rows))
