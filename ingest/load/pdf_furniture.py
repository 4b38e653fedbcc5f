"""Finds what a PDF repeats on its pages (running heads, feet, page numbers), and its table of contents."""

import re
from collections import Counter
from collections.abc import Sequence

from ingest.load.clean import word_count
from ingest.load.pdf_lines import Line

_BAND = 0.11
_SHARE_OF_PAGES = 0.4
_PAGE_NUMBER = re.compile(
    r"[-\u2013\u2014|\[(\s]*(?:page|p\.?)?\s*(?:\d{1,4}|[ivxlc]{1,7})(?:\s*(?:of|/)\s*\d{1,4})?[-\u2013\u2014|\])\s]*",
    re.IGNORECASE,
)
_EDGE_NUMBER = re.compile(r"(\d{1,4})\b.*|.*\b(\d{1,4})")
_LONGEST_HEAD_WORDS = 14
_DIGITS = re.compile(r"\d+")
_LEADER = re.compile(r"(?:\.\s?){4,}\s*(?:\d{1,4}|[ivxlc]{1,7})?\s*\Z|…{2,}\s*\d{0,4}\s*\Z")
_ENTRY = re.compile(r".*\S\s+\d{1,4}")
_CONTENTS = frozenset({"contents", "table of contents", "list of contents", "contents page", "in this document"})


def without_furniture(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages' lines without running heads and feet, page numbers and the table of contents."""
    repeated = _repeated(pages)
    numbered = _numbered_ends(pages)
    kept = [[line for line in lines if _key(line) not in repeated and id(line) not in numbered] for lines in pages]
    return _without_contents(kept)


def _key(line: Line) -> tuple[str, int, float]:
    """What makes two lines the same furniture: the text but for numbers, the end of the page, and the size."""
    return _DIGITS.sub("#", line.text.casefold()), _end_of_page(line), line.size


def _end_of_page(line: Line) -> int:
    """1 at the top of the page, -1 at its foot, 0 between."""
    if line.y > (1 - _BAND) * line.height:
        return 1
    return -1 if line.y < _BAND * line.height else 0


def _repeated(pages: Sequence[Sequence[Line]]) -> set[tuple[str, int, float]]:
    """The keys of lines at the end of many pages. Left and right pages may differ, so that less than half is many."""
    counts = Counter(key for lines in pages for key in {_key(line) for line in lines} if key[1])
    least = max(2.0, _SHARE_OF_PAGES * len(pages))
    return {key for key, count in counts.items() if count >= least}


def _numbered_ends(pages: Sequence[Sequence[Line]]) -> set[int]:
    """Ids of outermost lines of pages that carry the page's number, alone or beside a running head of the chapter."""
    found: set[int] = set()
    for end in (1, -1):
        outer = [line for lines in pages if (line := _outermost(lines, end)) is not None]
        found.update(id(line) for line in outer if _PAGE_NUMBER.fullmatch(line.text))
        # A printed number is off the page's own by the same amount throughout.
        offsets = {id(line): _offset(line) for line in outer}
        counts = Counter(offset for offset in offsets.values() if offset is not None)
        for offset, count in counts.most_common(1):
            if count >= max(2.0, _SHARE_OF_PAGES * len(pages)):
                found.update(place for place, other in offsets.items() if other == offset)
    return found


def _outermost(lines: Sequence[Line], end: int) -> Line | None:
    return max((line for line in lines if _end_of_page(line) == end), key=lambda line: end * line.y, default=None)


def _offset(line: Line) -> int | None:
    """How far a number at either edge of a short line is from the number of the page."""
    match = _EDGE_NUMBER.fullmatch(line.text)
    if match is None or word_count(line.text) > _LONGEST_HEAD_WORDS:
        return None
    return int(match[1] or match[2]) - line.page


def _without_contents(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Drops entries with dot leaders anywhere, and lines that end in a page number while a contents list lasts."""
    kept: list[list[Line]] = []
    in_contents = False
    for lines in pages:
        page: list[Line] = []
        entries = sum(1 for line in lines if _ENTRY.fullmatch(line.text))
        in_contents = in_contents and entries > len(lines) / 2
        for line in lines:
            if line.text.casefold() in _CONTENTS:
                in_contents = True
            elif not _LEADER.search(line.text) and not (in_contents and _ENTRY.fullmatch(line.text)):
                page.append(line)
        kept.append(page)
    return kept
