"""A section of a source as it is shown on a page: paragraphs and lists, with a quote marked where it stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.types import Passage

_BULLET = "- "


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Text that is marked as a whole, or not at all."""

    text: str
    marked: bool


Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph (one line) or a list (a line an item, without bullets)."""

    is_list: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageView:
    """One passage of the section. `cited` is the one that was asked for; `page` is given where it changes."""

    cited: bool
    page: int | None
    blocks: tuple[Block, ...]


def find_quote(passage: Passage, quote: str | None) -> range | None:
    """Where a quote stands in a passage: its character offsets, or None where it does not stand there."""
    start = passage.text.find(quote) if quote else -1
    return range(start, start + len(quote)) if quote and start >= 0 else None


def section_view(passages: Sequence[Passage], cited: Passage, quoted: range | None) -> tuple[PassageView, ...]:
    """The passages of the section that `cited` is in, in reading order. `quoted` are offsets in its text."""
    section = [passage for passage in passages if passage.heading_path == cited.heading_path]
    views, page = [], None
    for passage in section:
        is_cited = passage.id == cited.id
        views.append(
            PassageView(
                cited=is_cited,
                page=passage.page if passage.page != page else None,
                blocks=tuple(blocks(passage.text, quoted if is_cited else None)),
            )
        )
        page = passage.page
    return tuple(views)


def blocks(text: str, quoted: range | None) -> Iterator[Block]:
    """Cuts a passage's text into its paragraphs and lists: a line that starts with “- ” is an item."""
    items: list[Line] = []
    start = 0
    for line in text.split("\n"):
        is_item = line.startswith(_BULLET)
        if items and not is_item:
            yield Block(is_list=True, lines=tuple(items))
            items = []
        shown = range(start + len(_BULLET) if is_item else start, start + len(line))
        if is_item:
            items.append(tuple(pieces(text, shown, quoted)))
        elif shown:
            yield Block(is_list=False, lines=(tuple(pieces(text, shown, quoted)),))
        start += len(line) + 1
    if items:
        yield Block(is_list=True, lines=tuple(items))


def pieces(text: str, shown: range, quoted: range | None) -> Iterator[Piece]:
    """Cuts `shown` into the part before the quote, the quote and the part after; empty parts are left out."""
    marked = range(max(shown.start, quoted.start), min(shown.stop, quoted.stop)) if quoted else range(0)
    if not marked:
        marked = range(shown.stop, shown.stop)
    parts = ((shown.start, marked.start, False), (marked.start, marked.stop, True), (marked.stop, shown.stop, False))
    for start, stop, is_marked in parts:
        if start < stop:
            yield Piece(text=text[start:stop], marked=is_marked)
