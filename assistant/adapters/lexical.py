"""The lexical index: BM25 over terms, through bm25s, saved in the build's `bm25` folder."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
from numpy.typing import NDArray

from assistant.analysis import terms
from assistant.errors import BuildError

logging.getLogger("bm25s").setLevel(logging.WARNING)


def build_lexical(texts: Sequence[str], folder: Path) -> None:
    """Indexes `texts` (title, headings and text of each passage) and saves the index. bm25s can't hold an index without terms."""
    documents = [terms(text) for text in texts]
    if not any(documents):
        raise BuildError("The corpus holds no words that can be searched. Add guidance, then build again.")
    index = bm25s.BM25()
    index.index(documents, create_empty_token=False, show_progress=False)
    index.save(str(folder), show_progress=False)


class LexicalIndex:
    """BM25 (Robertson; Lucene's variant) over the passages of one build."""

    def __init__(self, folder: Path) -> None:
        try:
            self._index: Any = bm25s.BM25.load(str(folder), show_progress=False)
        except (OSError, ValueError, KeyError) as error:
            raise BuildError(
                f"The lexical index {folder} can't be read ({error}). Build again: python -m ingest build"
            ) from error
        self._passages = int(self._index.scores["num_docs"])
        frequencies = np.diff(self._index.scores["indptr"]).astype(np.float64)
        self._weights = np.log(1 + (self._passages - frequencies + 0.5) / (frequencies + 0.5))
        self._unknown_weight = float(np.log(1 + (self._passages + 0.5) / 0.5))

    def match(self, query_terms: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """BM25 score, and idf-weighted share of the terms that occur, of every passage: two arrays (passages,).

        A term that no passage holds counts in the share with the greatest weight there is: it is what the corpus lacks.
        """
        vocabulary, scores = self._index.vocab_dict, np.zeros(self._passages, dtype=np.float32)
        known = [term for term in query_terms if term in vocabulary]
        if not known:
            return scores, np.zeros(self._passages, dtype=np.float32)
        scores = np.asarray(self._index.get_scores(known), dtype=np.float32)
        starts, passages = self._index.scores["indptr"], self._index.scores["indices"]
        held, total = np.zeros(self._passages, dtype=np.float64), 0.0
        for term in dict.fromkeys(query_terms):
            column = vocabulary.get(term)
            weight = self._unknown_weight if column is None else float(self._weights[column])
            total += weight
            if column is not None:
                held[passages[starts[column] : starts[column + 1]]] += weight
        return scores, (held / total).astype(np.float32)

    def term_weights(self) -> Mapping[str, float]:
        """Inverse document frequency, log(1 + (N - n + 0.5) / (n + 0.5)), of every term (Robertson and Zaragoza 2009, section 3)."""
        return {term: float(self._weights[column]) for term, column in self._index.vocab_dict.items()}
