"""One immutable index build, opened for answering."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assistant.build_info import BuildInfo
from assistant.currency import Conflict, Term
from assistant.ports import PassageIndex
from assistant.types import Passage, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """Everything a question needs, all of it from one build.

    `passage_vectors` (passages, dimensions) and `sentence_vectors` (sentences, dimensions) are unit length; row i of the former is
    `passages[i]`, whose sentences are rows `sentence_starts[i]` to `sentence_starts[i + 1]` of the latter.
    `lexical_match` gives, for a list of terms, the BM25 score of every passage and the idf-weighted share of the terms that it holds, each
    (passages,); `term_weights` is the inverse document frequency of every known term. `words` are
    the corpus's with how often they occur, `english` those that the model knows. `terms` and `conflicts` are what is known of changed words
    and of disagreements.
    """

    info: BuildInfo
    sources: Mapping[str, Source]
    passages: Sequence[Passage]
    rows: Mapping[str, int]
    passage_vectors: NDArray[np.floating]
    sentence_vectors: NDArray[np.floating]
    sentence_starts: NDArray[np.int64]
    nearest: PassageIndex
    lexical_match: Callable[[Sequence[str]], tuple[NDArray[np.float32], NDArray[np.float32]]]
    term_weights: Mapping[str, float]
    words: Mapping[str, int] = field(default_factory=dict)
    english: frozenset[str] = frozenset()
    terms: tuple[Term, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    _source_numbers: Mapping[str, int] = field(init=False, repr=False, compare=False)
    _number_of_passage: NDArray[np.int32] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        numbers = {source_id: number for number, source_id in enumerate(self.sources)}
        of_passage = np.array([numbers[passage.source_id] for passage in self.passages], dtype=np.int32)
        object.__setattr__(self, "_source_numbers", numbers)
        object.__setattr__(self, "_number_of_passage", of_passage)

    def of_sources(self, source_ids: Collection[str]) -> NDArray[np.bool_]:
        """Whether each passage is of one of these sources, (passages,)."""
        wanted = np.zeros(len(self._source_numbers), dtype=np.bool_)
        wanted[[self._source_numbers[source_id] for source_id in source_ids]] = True
        return wanted[self._number_of_passage]
