"""Reads a digest twice: as Markdown, for what its author wrote and on which line, and with the product's loader, for what officers see."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.check.finding import Finding, Rule
from ingest.chunk import paragraph_units
from ingest.corpus import front_matter
from ingest.document import BlockKind, Document
from ingest.load import load
from ingest.load.clean import clean

_COMMENT = re.compile(r"<!--\s*(.*?)\s*-->\s*", re.DOTALL)
_BARE_LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)
_NOT_PLAIN = {
    "link_open": "a link",
    "image": "an image",
    "html_inline": "HTML",
    "strong_open": "bold text",
    "em_open": "italic text",
    "code_inline": "code",
}
_BLOCKS_NOT_PLAIN = {"fence": "code", "code_block": "code", "blockquote_open": "a block quote", "hr": "a rule"}


class Heading(NamedTuple):
    """A heading as written. `level` is 1 for `#`."""

    level: int
    text: str
    line: int


class Line(NamedTuple):
    """A text and the line on which it starts."""

    text: str
    line: int


class Unit(NamedTuple):
    """What is quoted by itself: a sentence, a list item or a table row."""

    text: str
    kind: BlockKind
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A digest with the lines of its parts. `markup` names what is not plain Markdown; `comments` are without their marks."""

    path: Path
    fields: Mapping[str, object]
    headings: tuple[Heading, ...]
    comments: tuple[Line, ...]
    markup: tuple[Line, ...]
    units: tuple[Unit, ...]

    def finding(self, line: int, rule: Rule, message: str) -> Finding:
        """A fault of this digest."""
        return Finding(file=self.path, line=line, rule=rule, message=message)

    def field_line(self, name: str) -> int:
        """The line of a field of the front matter; 1 where it is missing."""
        lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines()
        return next((number for number, line in enumerate(lines, 1) if line.startswith(f"{name}:")), 1)

    @property
    def running_text(self) -> tuple[Unit, ...]:
        """The sentences and list items. A table row is made of cells, and is read with its heads."""
        return tuple(unit for unit in self.units if unit.kind is not BlockKind.TABLE)

    @property
    def sentences(self) -> tuple[Unit, ...]:
        """The whole sentences: neither list items nor table rows."""
        return tuple(unit for unit in self.units if unit.kind is BlockKind.PARAGRAPH)


def read_digest(path: Path) -> Digest:
    """Reads a digest.

    Raises:
        LoadError: the product's loader can't read it, so no officer would ever see it.
    """
    document = load(path)
    text = path.read_text(encoding="utf-8", errors="replace")
    body = _without_front_matter(text)
    tokens = MarkdownIt("commonmark").enable("table").parse(body)
    comments, markup = _comments_and_markup(tokens)
    return Digest(
        path=path,
        fields=front_matter(path),
        headings=tuple(_headings(tokens)),
        comments=tuple(comments),
        markup=tuple(markup),
        units=tuple(_units(document, _Places(body))),
    )


def _without_front_matter(text: str) -> str:
    """The text with its front matter blanked out, so that lines keep their numbers."""
    if not text.startswith("---\n"):
        return text
    fields, mark, body = text[4:].partition("\n---\n")
    return "\n" * (fields.count("\n") + 3) + body if mark else text


def _headings(tokens: Sequence[Token]) -> Iterator[Heading]:
    for token, inline in pairwise(tokens):
        if token.type == "heading_open":
            yield Heading(level=int(token.tag[1:]), text=clean(inline.content), line=_line(token))


def _comments_and_markup(tokens: Sequence[Token]) -> tuple[list[Line], list[Line]]:
    comments: list[Line] = []
    markup: list[Line] = []
    for token in tokens:
        if token.type == "html_block":
            comment = _COMMENT.fullmatch(token.content)
            if comment:
                comments.append(Line(comment[1], _line(token)))
            else:
                markup.append(Line("HTML", _line(token)))
        elif token.type in _BLOCKS_NOT_PLAIN:
            markup.append(Line(_BLOCKS_NOT_PLAIN[token.type], _line(token)))
        elif token.type == "inline":
            markup.extend(Line(what, _line(token)) for what in _not_plain(token))
    return comments, markup


def _not_plain(inline: Token) -> list[str]:
    children = inline.children or []
    found = [_NOT_PLAIN[child.type] for child in children if child.type in _NOT_PLAIN]
    if any(child.type == "text" and _BARE_LINK.search(child.content) for child in children):
        found.append("a link")
    return list(dict.fromkeys(found))


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def _units(document: Document, places: "_Places") -> Iterator[Unit]:
    for section in document.sections:
        for heading in section.heading_path[-1:]:
            places.line_of(heading)
        for block in section.blocks:
            is_paragraph = block.kind is BlockKind.PARAGRAPH
            for text in [unit.text for unit in paragraph_units(block)] if is_paragraph else block.items:
                # A row is read as "row head: column head value; ...", which stands nowhere in the file but for its head.
                written = text.partition(": ")[0] if block.kind is BlockKind.TABLE else text
                yield Unit(text, block.kind, places.line_of(written))


class _Places:
    """Finds the lines of texts that were read from a file. White space is folded, since a sentence may run over lines."""

    def __init__(self, body: str) -> None:
        lines = [clean(line) + " " for line in body.splitlines()]
        self._text = "".join(lines)
        self._starts = [0, *accumulate(map(len, lines))]
        self._from, self._line = 0, 1

    def line_of(self, text: str) -> int:
        """The line on which a text starts. Asked for in reading order, so that what stands twice is found twice."""
        place = self._text.find(text, self._from)
        if place >= 0:
            self._from, self._line = place + len(text), bisect_right(self._starts, place)
        return self._line
