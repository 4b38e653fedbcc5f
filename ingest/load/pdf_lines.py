"""The lines of a PDF page in the order in which the file draws them, with place, size and weight."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pypdf import PageObject, mult

from ingest.load.clean import clean

_SMALLEST_READABLE = 2.0
_BOLD_NAME = re.compile(r"bold|black|heavy|semibold|demi(?!talic)|cmbx|-medi\b", re.IGNORECASE)
_SYMBOL_NAME = re.compile(r"symbol|wingdings|webdings|dingbats", re.IGNORECASE)
_FORCE_BOLD = 1 << 18
_NOTE_MARK = re.compile(r"[\d*†‡§,]{1,4}")
_RAISED_SIZE = 0.85
_FORMULA_END = re.compile(r"\b(?:CO|NO|SO|H|O|N|PM)\Z")
_UNIT_END = re.compile(r"(?:\b(?:[kcm]?m|ft|in|10)|[²³])\Z")
_RAISED_DIGITS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

# Widths of characters in units of the font size, after Helvetica: enough to tell a full line from a short one. pypdf
# gives where a piece of text starts, not where it ends.
_NARROW = frozenset("ijlI|!.,:;'\u2018\u2019`()[] ")
_WIDE = frozenset("mwMW@%—")


@dataclass(frozen=True, slots=True)
class Fragment:
    """Text drawn in one go: where it starts, its size in points, its weight, and whether its font holds symbols."""

    text: str
    x: float
    y: float
    size: float
    bold: bool
    symbol: bool

    @property
    def end(self) -> float:
        """About where the text ends."""
        return self.x + self.size * sum(map(_width, self.text.strip())) * (1.06 if self.bold else 1.0)


@dataclass(frozen=True)
class Line:
    """Fragments on one baseline of a page. `page` is 1-based, `height` that of the page, y counts upwards."""

    fragments: tuple[Fragment, ...]
    page: int
    height: float

    @cached_property
    def text(self) -> str:
        """The text, without marks of footnotes. A soft hyphen at the end stays: the word goes on in the next line."""
        text = "".join(self._texts())
        return clean(text) + "\u00ad" * text.rstrip().endswith("\u00ad")

    def _texts(self) -> list[str]:
        texts: list[str] = []
        for fragment in self.fragments:
            text = fragment.text
            before = "".join(texts)
            # Text may be raised by moving it or by "text rise", which pypdf doesn't report: then size alone tells.
            raised = fragment.size <= _RAISED_SIZE * self.size and fragment.y > self.y - 0.05 * self.size
            if raised and _NOTE_MARK.fullmatch(text.strip()) and not _FORMULA_END.search(before):
                text = text.translate(_RAISED_DIGITS) if _UNIT_END.search(before) else " " * text.endswith(" ")
            texts.append(text)
        return texts

    @cached_property
    def size(self) -> float:
        """The size in which most of the line is set, to half a point."""
        main = max(self.fragments, key=lambda fragment: (len(fragment.text.strip()), fragment.size))
        return round(main.size * 2) / 2

    @cached_property
    def y(self) -> float:
        """The baseline."""
        return max(self.fragments, key=lambda fragment: (len(fragment.text.strip()), fragment.size)).y

    @cached_property
    def bold(self) -> bool:
        """Whether all words are bold."""
        worded = [fragment for fragment in self.fragments if any(map(str.isalnum, fragment.text))]
        return bool(worded) and all(fragment.bold for fragment in worded)

    @cached_property
    def x(self) -> float:
        """Where the line starts."""
        return min(fragment.x for fragment in self.fragments)

    @cached_property
    def end(self) -> float:
        """About where the line ends."""
        return max(fragment.end for fragment in self.fragments)

    @cached_property
    def cells(self) -> tuple["Line", ...]:
        """The parts of the line that wide gaps part: one for running text, several in a table or across columns."""
        groups: list[list[Fragment]] = []
        for fragment in self.fragments:
            if groups and not _starts_cell(groups[-1][-1], fragment):
                groups[-1].append(fragment)
            else:
                groups.append([fragment])
        if len(groups) == 1:
            return (self,)
        return tuple(Line(tuple(group), self.page, self.height) for group in groups)


def page_lines(page: PageObject, number: int) -> list[Line]:
    """The upright, visible lines of a page in drawing order."""
    box = page.cropbox
    collector = _Collector(page.rotation % 360)
    page.extract_text(
        visitor_text=collector.text, visitor_operand_before=collector.enter, visitor_operand_after=collector.leave
    )
    left, bottom, right, top = collector.turned_box(
        float(box.left), float(box.bottom), float(box.right), float(box.top)
    )
    seen = [f for f in collector.fragments if left - 1 <= f.x <= right + 1 and bottom - 1 <= f.y <= top + 1]
    # A box that shows nothing at all is wrong.
    shown = seen or collector.fragments
    moved = [Fragment(f.text, f.x - left, f.y - bottom, f.size, f.bold, f.symbol) for f in shown]
    return [
        Line(tuple(group), number, top - bottom) for group in _baselines(moved) if any(f.text.strip() for f in group)
    ]


class _Collector:
    """Receives what pypdf reads from a page."""

    def __init__(self, rotation: int) -> None:
        self.fragments: list[Fragment] = []
        self._rotation = rotation
        self._outer: list[list[float]] = []
        self._weights: dict[int, tuple[bool, bool]] = {}

    def enter(self, operator: bytes, operands: object, matrix: list[float], _text_matrix: object) -> None:
        """A form is drawn: pypdf gives positions inside it relative to the form."""
        if operator == b"Do":
            self._outer.append(mult(matrix, self._outer[-1]) if self._outer else list(matrix))

    def leave(self, operator: bytes, operands: object, matrix: object, _text_matrix: object) -> None:
        """The form has been drawn."""
        if operator == b"Do" and self._outer:
            self._outer.pop()

    def text(self, text: str, matrix: list[float], text_matrix: list[float], font: object, size: float) -> None:
        """A piece of text is drawn."""
        if not text.strip("\n"):
            return
        full = mult(text_matrix, matrix)
        if self._outer:
            full = mult(full, self._outer[-1])
        across, along = self._turned(full[0], full[1])
        x, y = self._turned(full[4], full[5])
        height = abs(size) * math.hypot(full[2], full[3])
        upright = across > 0 and abs(along) < 0.2 * across
        if upright and height >= _SMALLEST_READABLE and math.isfinite(x) and math.isfinite(y):
            bold, symbol = self._weight(font)
            # A line's end is white space: what follows on the same height is another word or cell.
            self.fragments.append(Fragment(text.replace("\n", " "), x, y, height, bold, symbol))

    def _turned(self, x: float, y: float) -> tuple[float, float]:
        """A point or direction as it is seen when the page is shown turned."""
        return {90: (y, -x), 180: (-x, -y), 270: (-y, x)}.get(self._rotation, (x, y))

    def turned_box(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        """The page's visible box as seen: left, bottom, right, top."""
        (x0, y0), (x1, y1) = self._turned(left, bottom), self._turned(right, top)
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)

    def _weight(self, font: object) -> tuple[bool, bool]:
        """Whether a font is bold, and whether it holds symbols."""
        if not isinstance(font, dict):
            return False, False
        if id(font) not in self._weights:
            name = str(font.get("/BaseFont", ""))
            self._weights[id(font)] = (
                bool(_BOLD_NAME.search(name)) or _is_heavy(font),
                bool(_SYMBOL_NAME.search(name)),
            )
        return self._weights[id(font)]


def _is_heavy(font: dict[object, object]) -> bool:
    descriptor = font.get("/FontDescriptor")
    descriptor = descriptor.get_object() if hasattr(descriptor, "get_object") else descriptor
    if not isinstance(descriptor, dict):
        return False
    flags, weight = descriptor.get("/Flags", 0), descriptor.get("/FontWeight", 0)
    return (isinstance(flags, int) and bool(flags & _FORCE_BOLD)) or (isinstance(weight, int | float) and weight >= 600)


def _baselines(fragments: Sequence[Fragment]) -> list[list[Fragment]]:
    """Fragments grouped to lines: one after the other in the file, on about the same height, going right."""
    lines: list[list[Fragment]] = []
    for fragment in fragments:
        if lines and _continues(lines[-1], fragment):
            lines[-1].append(fragment)
        else:
            lines.append([fragment])
    return lines


def _continues(line: Sequence[Fragment], fragment: Fragment) -> bool:
    base = max(line, key=lambda part: part.size)
    return abs(fragment.y - base.y) < 0.45 * max(base.size, fragment.size) and fragment.x >= line[-1].x - fragment.size


def _starts_cell(before: Fragment, fragment: Fragment) -> bool:
    gap = fragment.x - before.end
    # The estimate of `end` is the worse, the longer the text before is.
    spaced = fragment.text[:1].isspace() or before.text[-1:].isspace()
    return spaced and gap > max(0.8 * fragment.size, 0.15 * (before.end - before.x))


def _width(character: str) -> float:
    if character in _NARROW:
        return 0.27
    if character in _WIDE:
        return 0.88
    if character in "frt-":
        return 0.32
    return 0.68 if character.isupper() else 0.54
