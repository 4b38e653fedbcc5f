"""Decides which lines of a PDF belong to one paragraph, and joins them."""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from ingest.load.clean import clean
from ingest.load.pdf_lines import Line

_ENDS = re.compile(r"[.!?:;…][\u201d\u2019\"')\]]*\Z")
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2019'][^\W\d_]+)*")
_BROKEN = re.compile(r"([^\W\d_]+)[-\u00ad\u2010]\Z")
_SUSPENDED = re.compile(r"(?:and|or|to)\b|\W")
_COMBINING = frozenset({"cross", "decision", "high", "long", "low", "multi", "non", "self", "short", "third", "well"})
_EXTRA_GAP = 1.3
_FULL = 0.9
_MIRRORED_MARGIN = 40.0


class Joining:
    """What the document's own lines tell about line spacing, margins, and words that are written with a hyphen."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._spacing = _spacing(lines)
        self._margins = _margins(lines)
        self._local_margins = _local_margins(lines, _EXTRA_GAP * self._spacing)
        self._vocabulary = _vocabulary(lines)

    def carries_on(self, line: Line, following: Line) -> bool:
        """Whether `following` is the next line of the paragraph (or list item) that `line` is in."""
        if abs(line.size - following.size) > 1:
            return False
        ended = ends_sentence(line.text)
        gap = line.y - following.y
        if line.page != following.page or gap < -0.5 * line.size:
            in_place = line.page == following.page or abs(line.x - following.x) <= _MIRRORED_MARGIN
            return not ended and (following.text[:1].islower() or (in_place and self._is_full(line, following)))
        if gap > _EXTRA_GAP * self._spacing * max(line.size, following.size):
            return False
        indented = following.x > line.x + 0.8 * line.size
        if ended and (indented or not self._is_full(line, following)):
            return False
        return (
            following.text[:1].islower() or self._is_full(line, following) or self._is_full(line, following, local=True)
        )

    def is_spaced(self, line: Line, following: Line) -> bool:
        """Whether more than the usual space between lines parts two lines."""
        gap = line.y - following.y
        return line.page != following.page or not 0 <= gap <= _EXTRA_GAP * self._spacing * max(
            line.size, following.size
        )

    def join(self, texts: Iterable[str]) -> str:
        """Lines as one text, words that were broken at a line's end made whole."""
        joined = ""
        for text in texts:
            broken = _BROKEN.search(joined)
            if broken and not _SUSPENDED.match(text):
                joined = joined[:-1] + ("" if self._is_one_word(broken, text) else "-") + text
            else:
                joined = f"{joined} {text}" if joined else text
        return clean(joined)

    def _is_one_word(self, broken: re.Match[str], text: str) -> bool:
        """Whether a hyphen at a line's end only breaks a word ("procure-ment"), or belongs there ("call-off")."""
        start = broken[1]
        match = _WORD.match(text)
        rest = match[0] if match else ""
        if not rest[:1].islower() and not (start.isupper() and rest[:2].isupper()):
            return False
        if broken[0].endswith("\u00ad"):
            return True
        if f"{start}{rest}".casefold() in self._vocabulary:
            return True
        if f"{start}-{rest}".casefold() in self._vocabulary:
            return False
        if start.casefold() in _COMBINING and len(rest) > 3:
            return False
        return not (len(rest) > 2 and start.casefold() in self._vocabulary and rest.casefold() in self._vocabulary)

    def _is_full(self, line: Line, following: Line, *, local: bool = False) -> bool:
        """Whether the first word of the following line had no room on the line. Ends of lines are estimates.

        `local` measures against the lines around it, which may be set narrower than the page. Several one-line
        paragraphs look just the same, so that is no proof where a sentence has ended.
        """
        word = following.text.split(" ", 1)[0]
        margin = self._margins.get(_bucket(line), line.end)
        room = (self._local_margins.get(id(line), margin) if local else margin) - line.x
        return line.end - line.x + 0.55 * line.size * (len(word) + 1) >= _FULL * room


def ends_sentence(text: str) -> bool:
    """Whether a text ends as a sentence, or a lead-in to a list, does."""
    return _ENDS.search(text) is not None


def _spacing(lines: Sequence[Line]) -> float:
    """The usual distance of baselines within a paragraph, in sizes: most lines of most documents are followed so."""
    ratios = sorted(
        (line.y - after.y) / line.size
        for line, after in itertools.pairwise(lines)
        if line.page == after.page and line.size == after.size and 0.8 < (line.y - after.y) / line.size < 2.5
    )
    return ratios[len(ratios) // 4] if ratios else 1.2


def _vocabulary(lines: Sequence[Line]) -> set[str]:
    """The words of the document, without the halves of those broken at a line's end."""
    words: set[str] = set()
    broken = False
    for line in lines:
        found = [word.casefold() for word in _WORD.findall(line.text)]
        carried, broken = broken, _BROKEN.search(line.text) is not None
        words.update(found[1 if carried else 0 : -1 if broken else None])
    return words


def _bucket(line: Line) -> int:
    return round(line.x / 6)


def _margins(lines: Sequence[Line]) -> dict[int, float]:
    """Where full lines end, for each place where lines start."""
    ends: dict[int, list[float]] = defaultdict(list)
    for line in lines:
        for bucket in range(_bucket(line) - 1, _bucket(line) + 2):
            ends[bucket].append(line.end)
    everywhere = sorted(line.end for line in lines)
    wide = everywhere[int(0.85 * (len(everywhere) - 1))] if everywhere else 0.0
    return {
        bucket: sorted(found)[int(0.85 * (len(found) - 1))] if len(found) >= 4 else wide
        for bucket, found in ends.items()
    }


def _local_margins(lines: Sequence[Line], spacing: float) -> dict[int, float]:
    """Where the longest of several lines ends that stand close together and start in one place, by id of each line."""
    margins: dict[int, float] = {}
    block: list[Line] = []
    for line in [*lines, None]:
        if block and (line is None or not _stands_below(block[-1], line, spacing)):
            if len(block) >= 3:
                longest = max(member.end for member in block)
                margins.update((id(member), longest) for member in block)
            block = []
        if line is not None:
            block.append(line)
    return margins


def _stands_below(line: Line, following: Line, spacing: float) -> bool:
    gap = line.y - following.y
    return line.page == following.page and abs(line.x - following.x) < 3 and 0 < gap <= spacing * line.size
