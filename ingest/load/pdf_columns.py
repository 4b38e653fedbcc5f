"""Puts a page that was drawn line by line across two columns back into the order of its columns.

Most files draw one column after the other, and then the drawing order is the reading order. This is for the others.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ingest.load.clean import word_count
from ingest.load.pdf_lines import Line

_LEAST_ROWS = 6
_ALIGNED = 4.0
_LEAST_WORDS = 3.5
_LEAST_CARRIED_ON = 0.4


def read_by_column(lines: Sequence[Line]) -> list[Line]:
    """The lines of a page, those across two columns of prose split and put in the order of the columns."""
    ordered: list[Line] = []
    for region in _regions(lines):
        cells = [cell for line in region for cell in line.cells]
        rows = [line for line in region if len(line.cells) == 2]
        if len(rows) >= _LEAST_ROWS and len(rows) >= 0.6 * len(region) and _is_prose(rows):
            gutter = rows[0].cells[1].x - _ALIGNED
            ordered.extend(cell for cell in cells if cell.x < gutter)
            ordered.extend(cell for cell in cells if cell.x >= gutter)
        else:
            ordered.extend(region)
    return ordered


def _regions(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines grouped to runs whose cells start at one of the same two places; other lines stand alone."""
    region: list[Line] = []
    for line in lines:
        if region and not _fits(region[0], line):
            yield region
            region = []
        region.append(line)
        if len(line.cells) != 2 and len(region) == 1:
            yield region
            region = []
    if region:
        yield region


def _fits(first: Line, line: Line) -> bool:
    left, right = first.cells
    if len(line.cells) == 2:
        return abs(line.cells[0].x - left.x) <= 4 * _ALIGNED and abs(line.cells[1].x - right.x) <= 4 * _ALIGNED
    in_left = abs(line.x - left.x) <= 4 * _ALIGNED and line.end < right.x
    return len(line.cells) == 1 and (in_left or abs(line.x - right.x) <= 4 * _ALIGNED)


def _is_prose(rows: Sequence[Line]) -> bool:
    """Whether sentences run on from row to row in both columns. In a table, rows begin anew."""
    for column in (0, 1):
        texts = [row.cells[column].text for row in rows]
        carried = sum(1 for _, text in pairwise(texts) if text[:1].islower())
        words = sum(map(word_count, texts))
        if carried < _LEAST_CARRIED_ON * len(texts) or words < _LEAST_WORDS * len(texts):
            return False
    return True
