"""Nested list items as items that can each be quoted alone."""

from collections.abc import Sequence

from ingest.load.clean import clean, word_count

_LONGEST_LEAD_IN = 25


def flatten(items: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    """Items of a list, given as (depth, text) in reading order, as a flat tuple.

    "covers policies for:" with the items "marking" and "staff" below it becomes "covers policies for: marking" and
    "covers policies for: staff", because a bare "marking" says nothing when quoted. A longer parent stays an item.
    """
    cleaned = [(depth, text) for depth, raw in items if (text := clean(raw))]
    flat: list[str] = []
    lead_ins: list[tuple[int, str]] = []
    for index, (depth, text) in enumerate(cleaned):
        while lead_ins and lead_ins[-1][0] >= depth:
            lead_ins.pop()
        has_children = index + 1 < len(cleaned) and cleaned[index + 1][0] > depth
        full = " ".join([*(lead for _, lead in lead_ins), text])
        if has_children and text.endswith(":") and word_count(text) <= _LONGEST_LEAD_IN:
            lead_ins.append((depth, text))
        else:
            flat.append(full)
    return tuple(flat)
