"""Tells a PDF's headings and its title from body text by size and weight, else by its bookmarks."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.load.clean import clean, word_count
from ingest.load.furniture import is_date
from ingest.load.pdf_lines import Line

_LARGER = 1.12
_MOST_HEADING_WORDS = 25
_MOST_BOLD_HEADING_WORDS = 16
_MOST_HEADING_SHARE = 0.25
_TITLE_PAGES = 2
_MOST_WORDS_BEFORE_TITLE = 60
_MOST_WORDS_ON_COVER = 80
_NUMBER = re.compile(r"(?:(?:section|part|chapter|annex|appendix)\s+)?(\d{1,2}(?:\.\d{1,2})*)\b", re.IGNORECASE)
_SECTION = re.compile(r"(?:(?:section|part|chapter)\s+)?(?:\d{1,2}(?:\.\d{1,2})*[.)]|1)\s", re.IGNORECASE)
_BULLET = re.compile(r"[•‣◦▪●○■□·*➢✓\u2013\u2014-]\s")

Style = tuple[float, bool]
Bookmarks = Mapping[tuple[int, str], int]
"""Depth of each bookmark, from 1, by its page and casefolded title."""


@dataclass(frozen=True)
class Run:
    """Lines that follow each other on a page: a heading (`rank` 1 is the highest), or body text (`rank` None)."""

    lines: tuple[Line, ...]
    rank: int | None

    @property
    def text(self) -> str:
        """The lines as one text."""
        return clean(" ".join(line.text for line in self.lines))


def body_size(lines: Sequence[Line]) -> float:
    """The size in which most of the text is set."""
    counts: Counter[float] = Counter()
    for line in lines:
        counts[line.size] += len(line.text)
    return counts.most_common(1)[0][0] if counts else 0.0


def split_runs(pages: Sequence[Sequence[Line]], bookmarks: Bookmarks) -> list[Run]:
    """The lines of all pages as runs in reading order."""
    lines = [line for page in pages for line in page]
    size = body_size(lines)
    groups = [group for page in pages for group in _same_style(page)]
    heads = [group for group in groups if _looks_like_heading(group, size)]
    if _words(heads) > _MOST_HEADING_SHARE * sum(word_count(line.text) for line in lines):
        # Bold is the ordinary weight here: only size tells.
        heads = [group for group in heads if group[0].size > _LARGER * size]
    if not heads:
        return [Run((line,), bookmarks.get((line.page, line.text.casefold()))) for line in lines]
    ranks = _ranks(heads)
    return [Run(tuple(group), ranks.get(id(group[0]))) for group in groups]


def take_title(runs: Sequence[Run]) -> tuple[str | None, list[Run]]:
    """The title, and the runs without it: a heading on the first pages, larger than every other, and before the text.

    What else is set large on the title page (subtitle, authors) heads no section, and goes too.
    """
    heads = [run for run in runs if run.rank is not None]
    if not heads:
        return None, list(runs)
    largest = max(run.lines[0].size for run in heads)
    top = [run for run in heads if run.lines[0].size == largest]
    title = top[0].text
    large = largest > _LARGER * body_size([line for run in runs if run.rank is None for line in run.lines])
    same = [run for run in top if run.text.casefold() == title.casefold()]
    start = runs.index(top[0])
    early = top[0].lines[0].page <= _TITLE_PAGES and _body_words(runs[:start]) <= _MOST_WORDS_BEFORE_TITLE
    cover = _cover(runs, start)
    if not (large and early and word_count(title)) or _SECTION.match(title) or not (len(same) == len(top) or cover):
        return None, list(runs)
    text = next((index for index, run in enumerate(runs) if index > start and run.rank is None), len(runs))
    beside = {
        index
        for index in cover or range(start, min(text + 1, len(runs)))
        if is_date(runs[index].text)
        or (runs[index].rank is not None and index < text - 1 and not _NUMBER.match(runs[index].text))
    }
    return title, [run for index, run in enumerate(runs) if index not in beside and run not in same]


def _cover(runs: Sequence[Run], start: int) -> list[int]:
    """The places of all runs on the title's page if it is a cover: little text, and more pages after it."""
    page = runs[start].lines[0].page
    places = [index for index, run in enumerate(runs) if run.lines[0].page == page]
    is_cover = _body_words([runs[index] for index in places]) < _MOST_WORDS_ON_COVER and places[-1] + 1 < len(runs)
    return places if is_cover else []


def _body_words(runs: Sequence[Run]) -> int:
    return sum(word_count(run.text) for run in runs if run.rank is None)


def _same_style(page: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines of one size and weight that follow each other closely; body text of one style stays together."""
    group: list[Line] = []
    for line in page:
        if group and (_style(line) != _style(group[-1]) or _is_apart(group[-1], line)):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _style(line: Line) -> Style:
    return line.size, line.bold


def _is_apart(line: Line, following: Line) -> bool:
    """Whether a line is too far below another to carry on the same heading, or is an item or entry of its own."""
    gap = line.y - following.y
    return gap > 1.7 * line.size or gap < -0.5 * line.size


def _looks_like_heading(group: Sequence[Line], size: float) -> bool:
    text = clean(" ".join(line.text for line in group))
    words = word_count(text)
    if not words or _BULLET.match(text) or text[-1] in ".,;" or is_date(text) or _is_row(group[0]):
        return False
    first = group[0]
    if first.size > _LARGER * size:
        return words <= _MOST_HEADING_WORDS
    return (
        first.bold
        and first.size >= 0.95 * size
        and words <= _MOST_BOLD_HEADING_WORDS
        and text[-1] != ":"
        and len(group) <= 3
    )


def _is_row(line: Line) -> bool:
    """Whether a line is a row of a table. A number set apart from the heading's text makes no row."""
    return len(line.cells) > 2 or (len(line.cells) == 2 and not _NUMBER.fullmatch(line.cells[0].text.rstrip(".):")))


def _ranks(heads: Sequence[Sequence[Line]]) -> dict[int, int]:
    """The rank of each heading by the id of its first line: by size, then weight, then depth of its number."""
    styles = sorted({_style(group[0]) for group in heads}, reverse=True)
    ranks: dict[int, int] = {}
    for group in heads:
        number = _NUMBER.match(group[0].text)
        depth = number[1].count(".") if number else 0
        ranks[id(group[0])] = 10 * styles.index(_style(group[0])) + 1 + depth
    return ranks


def _words(groups: Sequence[Sequence[Line]]) -> int:
    return sum(word_count(line.text) for group in groups for line in group)
