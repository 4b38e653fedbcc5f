"""Table rows as text that can be quoted without the table."""

from collections.abc import Sequence

from ingest.load.clean import clean


def table_rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Each row as "row head: column head value; column head value".

    The first column gives the row head. `head` may be empty, or shorter than a row. A row head without letters ("1")
    gets its own column head before it.
    """
    heads = [clean(cell) for cell in head]
    lines = (_row_line(heads, [clean(cell) for cell in row]) for row in rows)
    return tuple(line for line in lines if line)


def _row_line(heads: Sequence[str], cells: Sequence[str]) -> str:
    if not any(cells):
        return ""
    named = [
        _named(heads[index] if index < len(heads) else "", cell) for index, cell in enumerate(cells) if index and cell
    ]
    row_head = cells[0].rstrip(": ")
    if row_head and not any(map(str.isalpha, row_head)):
        row_head = _named(heads[0] if heads else "", row_head)
    if not named:
        return row_head
    return f"{row_head}: {'; '.join(named)}" if row_head else "; ".join(named)


def _named(head: str, value: str) -> str:
    return f"{head} {value}" if head and head.casefold() != value.casefold() else value
