"""Proves that a build is whole before anybody is served from it.

Counting is not enough: Chroma's count stays right when vectors are lost.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from assistant.adapters.build_folder import close_index, open_index
from assistant.analysis import terms
from assistant.errors import BuildError
from assistant.index import Index

# The stored float16 row against Chroma's float32: rounding moves the cosine by less than this.
_SAME = 0.998
_EVERY = 100


def verify(folder: Path, report: Callable[[str, int, int], None]) -> int:
    """Checks every passage of a build: it is stored, its vector finds it, its words find it. Returns how many there are.

    Raises:
        BuildError: names the first passages that fail.
    """
    index = open_index(folder)
    try:
        _check_ids(index)
        lost = []
        for row, passage in enumerate(index.passages):
            if row % _EVERY == 0:
                report("Verifying", row, len(index.passages))
            if not _finds_itself(index, row):
                lost.append(passage.id)
    finally:
        close_index(index)
    if lost:
        raise BuildError(
            f"{len(lost)} passages of the build {folder.name} are not found by search, such as {', '.join(lost[:3])}. "
            "Build again: python -m ingest build"
        )
    report("Verifying", len(index.passages), len(index.passages))
    return len(index.passages)


def _check_ids(index: Index) -> None:
    stored, expected = index.nearest.ids(), set(index.rows)
    if stored != expected or len(index.rows) != len(index.passages):
        raise BuildError(
            f"The vector store and the passages differ: {len(expected - stored)} missing, {len(stored - expected)} left over. "
            "Build again: python -m ingest build"
        )
    for passage in index.passages:
        if any(not passage.text[each.start : each.end].strip() for each in passage.sentences) or not passage.sentences:
            raise BuildError(
                f"The passage {passage.id} has a sentence without text. This is a fault of the program: please report it."
            )


def _finds_itself(index: Index, row: int) -> bool:
    passage = index.passages[row]
    vector = np.asarray(index.passage_vectors[row], dtype=np.float32)
    # Passages with the same vector may stand before it, so it need not be the first.
    found = dict(index.nearest.query(vector / np.linalg.norm(vector), 5))
    best = max(found.values(), default=0.0)
    by_vector = found.get(passage.id, best) >= _SAME and best >= _SAME
    words = terms(passage.text)
    by_words = not words or index.lexical_match(words)[0][row] > 0
    return by_vector and bool(by_words)
