"""What officers ask and the guidance does not answer, by topic: a writing list for authors."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from assistant.analysis import terms
from assistant.ports import Embedder
from assistant.types import AnswerStatus
from evals.cases import REAL, SHOWING, Case
from evals.records import Held, Record

# Average linkage on cosine distance. Over the unanswered cases 0.5 leaves nearly all alone, and 0.7 puts subjects together that differ.
_FARTHEST = 0.6
_LABEL_TERMS = 3
_NOT_FOR_AUTHORS = frozenset({AnswerStatus.OUT_OF_SCOPE, AnswerStatus.DECLINED, AnswerStatus.PERSONAL_DATA})


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Questions of one topic that went unanswered, and the sources that came nearest. `real` of them were officers'."""

    topic: str
    questions: tuple[str, ...]
    real: int
    nearest: tuple[str, ...]


def unanswered(cases: Sequence[Case], records: Iterable[Record]) -> list[tuple[Case, Record]]:
    """The questions that got no guidance, but for cases that say nobody here should answer them."""
    by_case = {record.case: record for record in records}
    found = []
    for case in cases:
        record = by_case.get(case.id)
        if record is None or record.answer is None or record.answer["status"] in SHOWING:
            continue
        ours = record.answer["status"] if case.kind == REAL else case.status[0]
        if ours not in _NOT_FOR_AUTHORS:
            found.append((case, record))
    return found


def gaps(open_questions: Sequence[tuple[Case, Record]], embedder: Embedder, held: Held) -> list[Gap]:
    """Groups the questions by meaning, the largest group first."""
    if not open_questions:
        return []
    vectors = np.asarray(embedder.embed_queries([case.question for case, _ in open_questions]))
    labels = (
        fcluster(linkage(vectors, method="average", metric="cosine"), t=_FARTHEST, criterion="distance")
        if len(open_questions) > 1
        else np.ones(1, dtype=int)
    )
    groups: dict[int, list[tuple[Case, Record]]] = {}
    for label, each in zip(labels, open_questions, strict=True):
        groups.setdefault(int(label), []).append(each)
    found = [_gap(group, held) for group in groups.values()]
    return sorted(found, key=lambda gap: (-len(gap.questions), gap.topic))


def _gap(group: Sequence[tuple[Case, Record]], held: Held) -> Gap:
    sources = Counter(
        held.passages[passage].source_id
        for _, record in group
        for passage in (record.retrieved or ())[:1]
        if passage in held.passages
    )
    return Gap(
        topic=_topic([case.question for case, _ in group]),
        questions=tuple(case.question for case, _ in group),
        real=sum(case.kind == REAL for case, _ in group),
        nearest=tuple(held.sources[source].title for source, _ in sources.most_common(2)),
    )


def _topic(questions: Sequence[str]) -> str:
    """The words that most of the questions share, as they were first written."""
    held: Counter[str] = Counter()
    written: dict[str, str] = {}
    for question in questions:
        for word in question.split():
            for stem in terms(word):
                written.setdefault(stem, word.strip("?!.,;:'\"“”()").lower())
        held.update(set(terms(question)))
    best = sorted(held, key=lambda stem: (-held[stem], -len(stem), stem))[:_LABEL_TERMS]
    return ", ".join(written.get(stem, stem) for stem in best) or questions[0]
