"""Plain text: paragraphs, lists and headings as far as their shape on the page gives them away."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from ingest.document import BlockKind, Document, Section
from ingest.load.clean import clean, word_count
from ingest.load.decode import decode
from ingest.load.furniture import is_date, is_furniture, is_share_bar
from ingest.load.lists import flatten
from ingest.load.sections import SectionBuilder

_LONGEST_HEADING_WORDS = 12
_LONGEST_WRAPPED_LINE = 120
_LONG_PARAGRAPH_WORDS = 30
_LONGEST_CHROME_WORDS = 150
_LARGEST_CHROME_SHARE = 0.3

_BULLET = re.compile(
    r"(?P<indent>\s*)(?:[•‣◦▪●○■□·*➢✓\u2013\u2014-]|\(?(?P<number>\d{1,2}|[a-zA-Z])[.)])\s+(?P<text>\S.*)"
)
_NUMBERED_HEADING = re.compile(r"(\d{1,2}(?:\.\d{1,2})+|\d{1,2}(?=[.)]))[.)]?\s+\S")
_NO_TITLE = frozenset(
    {"introduction", "summary", "executive summary", "background", "overview", "foreword", "contents"}
)


class _Shape(Enum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class _Piece:
    shape: _Shape
    text: str
    level: int = 0


def load_text(name: str, data: bytes) -> Document:
    """Reads plain text."""
    decoded = decode(name, data)
    pieces, left_out = _without_chrome(_pieces(decoded.text))
    title, pieces = _split_title(pieces)
    warnings = [*decoded.warnings]
    if left_out:
        warnings.append(f"{name}: left out as page furniture: {'; '.join(left_out)}.")
    return Document(title=title, sections=_sections(pieces), warnings=tuple(warnings))


def _pieces(text: str) -> list[_Piece]:
    blocks = [block for raw in re.split(r"\n\s*\n|\f", text) if (block := _distinct_lines(raw))]
    pieces: list[_Piece] = []
    for index, block in enumerate(blocks):
        before = blocks[index - 1] if index else []
        after = blocks[index + 1] if index + 1 < len(blocks) else []
        if len(block) == 1 and _is_heading(block[0], before, after):
            pieces.append(_Piece(_Shape.HEADING, clean(block[0])))
        else:
            pieces.extend(_block_pieces(block))
    return pieces


def _distinct_lines(block: str) -> list[str]:
    """The block's lines without blank ones, and without one that repeats the last (a caption and its alt text)."""
    lines: list[str] = []
    for line in block.split("\n"):
        if clean(line) and (not lines or clean(line) != clean(lines[-1])):
            lines.append(line)
    return lines


def _is_heading(line: str, before: Sequence[str] = (), after: Sequence[str] = ()) -> bool:
    text = clean(line)
    if not text or (text[-1] in ".,;:!?…" and not text.endswith("?")) or word_count(text) > _LONGEST_HEADING_WORDS:
        return False
    if not word_count(text) or is_date(text) or is_furniture(text):
        return False
    bullet = _BULLET.fullmatch(line)
    if bullet is None:
        return text[0] not in "\u201c\u2018\"'"
    # "2. Findings" between "1. …" and "3. …" is an item of a loosely set list; alone it heads a section.
    number = _item_number(line)
    return (
        number is not None
        and not bullet["indent"]
        and not (
            any(_item_number(other) == number - 1 for other in before)
            or any(_item_number(other) == number + 1 for other in after)
        )
    )


def _item_number(line: str) -> int | None:
    bullet = _BULLET.fullmatch(line)
    return int(bullet["number"]) if bullet and bullet["number"] and bullet["number"].isdecimal() else None


def _block_pieces(lines: Sequence[str]) -> Iterator[_Piece]:
    """The pieces of lines that stand together. Lines too long to be wrapped are a paragraph each."""
    wrapped = max(map(len, lines)) <= _LONGEST_WRAPPED_LINE
    current: _Piece | None = None
    for index, line in enumerate(lines):
        bullet = _BULLET.fullmatch(line)
        if bullet:
            if current:
                yield current
            current = _Piece(_Shape.ITEM, bullet["text"], len(bullet["indent"].expandtabs(4)))
        elif not wrapped or current is None or is_furniture(clean(line)) or is_furniture(current.text):
            if current:
                yield current
            heading = not wrapped and index + 1 < len(lines) and _is_heading(line)
            current = _Piece(_Shape.HEADING if heading else _Shape.PARAGRAPH, line)
        else:
            current = _Piece(current.shape, f"{current.text} {line.strip()}", current.level)
    if current:
        yield current


def _without_chrome(pieces: list[_Piece]) -> tuple[list[_Piece], list[str]]:
    """Drops furniture, and what stands before the first or after the last of it at either end of the page.

    A page's head ends, and its tail begins, with a line of furniture that no long paragraph parts from the edge.
    """
    most = min(_LONGEST_CHROME_WORDS, _LARGEST_CHROME_SHARE * sum(word_count(piece.text) for piece in pieces))
    marks = {index for index, piece in enumerate(pieces) if is_furniture(clean(piece.text))}
    long = [index for index, piece in enumerate(pieces) if word_count(piece.text) >= _LONG_PARAGRAPH_WORDS]
    first, last = (long[0], long[-1]) if long else (len(pieces), -1)
    edges = [mark + 1 for mark in marks if mark < first and not is_share_bar(clean(pieces[mark].text))]
    head = max((edge for edge in edges if _words(pieces[:edge]) <= most), default=0)
    tail = min((mark for mark in marks if mark > last and _words(pieces[mark:]) <= most), default=len(pieces))
    kept = {index for index in range(head, max(head, tail)) if index not in marks}
    dropped = [f'"{_shortened(clean(piece.text))}"' for index, piece in enumerate(pieces) if index not in kept]
    return [piece for index, piece in enumerate(pieces) if index in kept], dropped


def _words(pieces: Sequence[_Piece]) -> int:
    return sum(word_count(piece.text) for piece in pieces)


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57].rstrip()}…"


def _split_title(pieces: list[_Piece]) -> tuple[str | None, list[_Piece]]:
    """A heading before all running text is the title. A date above or below it says nothing as a sentence."""
    body = next((index for index, piece in enumerate(pieces) if word_count(piece.text) > _LONGEST_HEADING_WORDS), 0)
    pieces = [piece for index, piece in enumerate(pieces) if index > body or not is_date(clean(piece.text))]
    if pieces and pieces[0].shape is _Shape.HEADING:
        title = clean(pieces[0].text)
        if title.casefold() not in _NO_TITLE and not _NUMBERED_HEADING.match(title):
            return title, pieces[1:]
    return None, pieces


class _HeadingRank:
    """Ranks headings by their numbering. An unnumbered one ranks below the heading that it follows directly, else below
    the last numbered one: more than that plain text doesn't tell.
    """

    def __init__(self) -> None:
        self._numbered = 0
        self._last: int | None = None

    def of(self, heading: str) -> int:
        """The rank of the next heading; 1 is the highest."""
        number = _NUMBERED_HEADING.match(heading)
        if number:
            rank = self._numbered = number[1].count(".") + 1
        else:
            rank = (self._numbered if self._last is None else self._last) + 1
        self._last = rank
        return rank

    def text_follows(self) -> None:
        """Says that the last heading has text under it."""
        self._last = None


def _sections(pieces: Sequence[_Piece]) -> tuple[Section, ...]:
    builder = SectionBuilder()
    rank = _HeadingRank()
    items: list[tuple[int, str]] = []
    for piece in pieces:
        if piece.shape is not _Shape.ITEM and items:
            builder.add(BlockKind.LIST, flatten(items))
            items = []
        if piece.shape is _Shape.HEADING:
            builder.heading(rank.of(clean(piece.text)), piece.text)
        else:
            rank.text_follows()
        if piece.shape is _Shape.PARAGRAPH:
            builder.paragraph(piece.text)
        elif piece.shape is _Shape.ITEM:
            items.append((piece.level, piece.text))
    builder.add(BlockKind.LIST, flatten(items))
    return builder.finish()
