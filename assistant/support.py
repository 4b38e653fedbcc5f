"""What a claim and its evidence have in common, as numbers: the signals that assistant/verify.py judges by.

They see words, numbers, names, nearness and negation, not meaning. docs/adr/0016-verifier.md has what else was tried.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import Stemmer

from assistant.analysis import STOP_WORDS

SENTENCE_END = re.compile(r"(?<=[.!?;])[\"'”’)]*\s+|\n+")
# Sentences whose surroundings are searched for the claim's words: what a sentence of a summary is drawn from, at most.
_DRAWN_FROM = 3
# A claim restates what stands close together: so many words of evidence for one of the claim, and at least so many.
_STRETCH, _LEAST_STRETCH = 1.5, 12
# A word that stands everywhere says little about where the claim comes from.
_MOST_PLACES = 50

_TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?|[^\W\d_]+")
_ENDING = re.compile(r"['’](?:s|re|ve|ll|d|m|t)?\b")
_NEGATED_VERB = re.compile(r"n['’]t\b", re.IGNORECASE)
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|unable|fail(?:s|ed)?|refus(?:e|es|ed)|den(?:y|ies|ied)|"
    r"lack(?:s|ed|ing)?)\b|n['’]t\b",
    re.IGNORECASE,
)
_IN_PERSON = re.compile(r"\b(?:i|my|me|we|our|you|your)\b", re.IGNORECASE)
_NUMBER_WORDS = {
    word: str(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen "
        "twenty".split()
    )
}
# Words that tell where something is said, not what.
_FRAMING = frozenset(
    "passage article summary text author according mention mentions mentioned state states stated provided document context information "
    "report reports reported say says said news story describe describes described discuss discusses detail details also not".split()
)
# Words of sentences that only announce what follows: "Sure! Here is a summary of the article in 80 words:".
_ANNOUNCING = frozenset(
    "answer answers article articles asked based below brief certainly concise context course document documents fewer following "
    "given guidance happy here information less news overview passage passages provided question request requested response "
    "sources story summaries summarise summarised summarize summarized summary sure text within word words".split()
)
_stemmer = Stemmer.Stemmer("english")


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceText:
    """Evidence, read once for many claims: the stems of each sentence, and where each stem stands, counted through all sentences."""

    sentences: list[frozenset[str]]
    negated: list[bool]
    positions: dict[str, list[int]]
    weights: dict[str, float]
    numbers: frozenset[str]


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    return str(_stemmer.stemWord(word.lower().replace(",", "")))


_CARRY_NO_TOPIC = frozenset(_stem(word) for word in STOP_WORDS | _FRAMING)
_ANNOUNCES = frozenset(_stem(word) for word in _ANNOUNCING)


def words(text: str) -> list[str]:
    """Words and numbers in order, as they are written; a negated verb gives its "not"."""
    spelled = _NEGATED_VERB.sub(" not", unicodedata.normalize("NFKC", text))
    return _TOKEN.findall(_ENDING.sub("", spelled))


def is_negated(text: str) -> bool:
    """Whether a text denies something, in any of its parts."""
    return _NEGATION.search(text) is not None


def only_announces(sentence: str) -> bool:
    """Whether a sentence says nothing of its own: all its words carry no topic, count, or announce what follows, and some announce."""
    stems = {_stem(word) for word in words(sentence) if not word[0].isdigit()}
    said = {stem for stem in stems - _ANNOUNCES if _has_topic(stem)}
    return not said and not stems.isdisjoint(_ANNOUNCES) and not is_negated(sentence) and "?" not in sentence


@lru_cache(maxsize=16)
def read_evidence(evidence: tuple[str, ...]) -> EvidenceText:
    """Cuts evidence into sentences and these into stems. A stem weighs the more, the fewer sentences have it."""
    cut = [(piece, words(piece)) for text in evidence for piece in SENTENCE_END.split(text)]
    cut = [(piece, found) for piece, found in cut if found]
    stems = [[_stem(word) for word in found] for _, found in cut]
    positions: dict[str, list[int]] = {}
    for place, stem in enumerate(stem for sentence in stems for stem in sentence):
        positions.setdefault(stem, []).append(place)
    frequencies = Counter(stem for sentence in stems for stem in set(sentence))
    spelled = {_NUMBER_WORDS[word.lower()] for _, found in cut for word in found if word.lower() in _NUMBER_WORDS}
    return EvidenceText(
        sentences=[frozenset(sentence) for sentence in stems],
        negated=[is_negated(piece) for piece, _ in cut],
        positions=positions,
        weights={stem: math.log1p(len(stems) / count) for stem, count in frequencies.items()},
        numbers=frozenset(positions) | spelled,
    )


def signals(claim: str, evidence: EvidenceText) -> dict[str, float]:
    """What the judgement rests on. Shares are of the claim's different words, from 0 to 1; counts are log(1 + n).

    `evidence` holds at least one sentence.
    """
    written = words(claim)
    stems = [_stem(word) for word in written]
    topical = {stem for stem in stems if _has_topic(stem)}
    drawn_from = sentences_drawn_from(topical, evidence)
    around = _around(drawn_from, evidence)
    names = {stem for word, stem in list(zip(written, stems, strict=True))[1:] if _is_name(word) and _has_topic(stem)}
    numbers = [word.replace(",", "") for word in written if word[0].isdigit()]
    negated, source_negated = is_negated(claim), any(evidence.negated[place] for place in drawn_from[:1])
    return {
        "words_held": _share(set(stems), evidence.positions),
        "words_around": _share(set(stems), around),
        "closeness": closeness(topical, evidence, int(max(_LEAST_STRETCH, _STRETCH * len(stems)))),
        "new_names": math.log1p(len(names - evidence.positions.keys())),
        "new_numbers": math.log1p(sum(number not in evidence.numbers for number in numbers)),
        "negation_added": float(negated and not source_negated),
        "negation_dropped": float(not negated and source_negated),
        "in_person": float(_IN_PERSON.search(claim) is not None),
        "question": float("?" in claim),
    }


def sentences_drawn_from(topical: Iterable[str], evidence: EvidenceText) -> list[int]:
    """Places of the sentences that together hold most of the claim's topic, each chosen for what those before it lack."""
    left = {stem for stem in topical if stem in evidence.positions}
    chosen: list[int] = []
    while left and len(chosen) < _DRAWN_FROM:
        gains = [sum(evidence.weights[stem] for stem in left & sentence) for sentence in evidence.sentences]
        best = max(range(len(gains)), key=gains.__getitem__)
        chosen.append(best)
        left -= evidence.sentences[best]
    return chosen


def closeness(topical: set[str], evidence: EvidenceText, length: int) -> float:
    """The greatest share of the claim's topic that stands within one stretch of `length` words."""
    if not topical:
        return 1.0
    places = sorted((place, stem) for stem in topical for place in evidence.positions.get(stem, ())[:_MOST_PLACES])
    within: Counter[str] = Counter()
    best = first = 0
    for place, stem in places:
        within[stem] += 1
        while place - places[first][0] > length:
            gone = places[first][1]
            within[gone] -= 1
            if not within[gone]:
                del within[gone]
            first += 1
        best = max(best, len(within))
    return best / len(topical)


def _around(places: Sequence[int], evidence: EvidenceText) -> set[str]:
    near = {
        other for place in places for other in (place - 1, place, place + 1) if 0 <= other < len(evidence.sentences)
    }
    return {stem for place in near for stem in evidence.sentences[place]}


def _has_topic(stem: str) -> bool:
    return stem not in _CARRY_NO_TOPIC and (len(stem) > 1 or stem.isdigit())


def _is_name(word: str) -> bool:
    return word[0].isupper() and len(word) > 1


def _share(found: set[str], held: Iterable[str]) -> float:
    return len(found.intersection(held)) / len(found) if found else 1.0
