"""Finds text that stands in several sources, such as two editions of one guide, so that it is indexed once and cited to the current one.

Two passages of different sources are the same text if their sets of three-word shingles have a Jaccard similarity of at least `SAME`
(Broder 1997, "On the resemblance and containment of documents"), and nothing differs on which an answer could turn.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from assistant.types import Passage, Source, SourceStatus

SAME = 0.8
# Below this many words a text says too little without its heading: "Not required." is no copy of another "Not required."
_NEEDS_NO_HEADING = 8
_WORD = re.compile(r"\w+(?:['’]\w+)?")
# Words that may turn a statement round, or change its figure, while nearly all others stay; so may digits, and "n't".
_TURNING = frozenset(
    """
    can cannot except excluding may must never no none nor not only shall should unless without
    one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty ninety hundred thousand
    million billion first second third half quarter once twice
    """.split()
)
_FIGURE_OR_NOT = re.compile(r"\d|n't$")
# Pads the end of a text, so that its last two words begin shingles, too, and a text of one word has one.
_END = 0

Documents = Sequence[tuple[Source, list[Passage]]]
_Meaning = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A passage that is left out of the index, and the one of another source that says the same. `similarity` is 1 for the same words."""

    passage: Passage
    kept: Passage
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    """A passage as it is compared. Its shingles are numbers, the higher the rarer."""

    source: Source
    passage: Passage
    shingles: frozenset[int]
    meaning: _Meaning

    @property
    def deciding(self) -> list[int]:
        """The shingles of which two texts as alike as `SAME` share at least one (prefix filter, Chaudhuri et al. 2006)."""
        count = len(self.shingles) - ceil(SAME * len(self.shingles)) + 1
        return sorted(self.shingles, reverse=True)[:count]


def without_near_duplicates(
    documents: Documents,
) -> tuple[tuple[tuple[Source, list[Passage]], ...], tuple[Dropped, ...]]:
    """The documents without the passages that a better source has, too, and what was left out. Order, sources and positions stay.

    The better source is the current one, then the one published later, then the one that comes first. A passage is kept where its
    source applies in a nation in which the better one doesn't, and where it differs in a figure, in a word such as "not" or "must", or,
    between two publishers, in a name. Passages of one source are never compared with each other.
    """
    index: dict[_Meaning, dict[int, list[_Text]]] = defaultdict(lambda: defaultdict(list))
    dropped: dict[str, Dropped] = {}
    for text in _texts(_best_first(documents)):
        deciding, alike = text.deciding, index[text.meaning]
        others = {other.passage.id: other for shingle in deciding for other in alike.get(shingle, ())}
        found = max(_copies(text, others.values()), key=lambda each: each.similarity, default=None)
        if found is not None:
            dropped[text.passage.id] = found
        else:
            for shingle in deciding:
                alike[shingle].append(text)
    kept = tuple((source, [each for each in passages if each.id not in dropped]) for source, passages in documents)
    return kept, tuple(dropped[each.id] for _, passages in documents for each in passages if each.id in dropped)


def describe(dropped: Iterable[Dropped]) -> list[str]:
    """What was left out, a line for two sources, for people."""
    pairs = Counter((each.passage.source_id, each.kept.source_id) for each in dropped)
    return [
        f"{source}: {count} passage{'s' if count > 1 else ''} left out, the same text as in {kept}"
        for (source, kept), count in pairs.items()
    ]


def _best_first(documents: Documents) -> Documents:
    by_date = sorted(documents, key=lambda each: each[0].published or "", reverse=True)
    return sorted(by_date, key=lambda each: each[0].status is not SourceStatus.CURRENT)


def _copies(text: _Text, others: Iterable[_Text]) -> Iterator[Dropped]:
    for other in others:
        similarity = len(text.shingles & other.shingles) / len(text.shingles | other.shingles)
        if similarity >= SAME and _may_stand_for(other, text):
            yield Dropped(passage=text.passage, kept=other.passage, similarity=similarity)


def _may_stand_for(better: _Text, text: _Text) -> bool:
    """Whether somebody who looks for the one misses nothing in the other."""
    return (
        better.source.id != text.source.id
        and set(text.source.nations) <= set(better.source.nations)
        and (better.source.publisher == text.source.publisher or _names(better.passage) == _names(text.passage))
    )


def _names(passage: Passage) -> set[str]:
    return {word for word in _WORD.findall(passage.text) if word[0].isupper()}


def _texts(documents: Documents) -> Iterator[_Text]:
    found = [(source, passage) for source, passages in documents for passage in passages]
    words = [_WORD.findall(passage.text.casefold().replace("’", "'")) for _, passage in found]
    for (source, passage), own, shingles in zip(found, words, _shingles(words), strict=True):
        yield _Text(source=source, passage=passage, shingles=shingles, meaning=_meaning(own, passage))


def _meaning(words: Sequence[str], passage: Passage) -> _Meaning:
    """What two passages must share to be the same text at all: figures and turning words, and where they are short, their heading."""
    turning = sorted(word for word in words if word in _TURNING or (not word.isalpha() and _FIGURE_OR_NOT.search(word)))
    heading = passage.heading_path[-1:] if len(words) < _NEEDS_NO_HEADING else ()
    return (*turning, *(each.casefold() for each in heading))


def _shingles(texts: Sequence[Sequence[str]]) -> list[frozenset[int]]:
    """The runs of three words of each text, as numbers that rise as the runs get rarer among all texts."""
    numbers: dict[str, int] = {}
    flat: list[int] = []
    for words in texts:
        flat.extend(numbers.setdefault(word, len(numbers) + 1) for word in words)
        flat.extend((_END, _END))
    place = np.array([*flat, _END, _END], dtype=np.int64)
    base = len(numbers) + 1  # three of them fit 64 bits up to two million different words
    runs = ((place[:-2] * base + place[1:-1]) * base + place[2:])[place[:-2] != _END]
    _, kind, counts = np.unique(runs, return_inverse=True, return_counts=True)
    rarity = np.empty_like(counts)
    rarity[np.argsort(-counts, kind="stable")] = np.arange(len(counts))
    ends = np.cumsum([len(words) for words in texts])
    return [frozenset(part.tolist()) for part in np.split(rarity[kind], ends[:-1])] if texts else []
