"""What a claim and its evidence have in common, as numbers: the signals that assistant/verify.py judges by.

All signals are lexical: they see words, numbers, names, order and negation, not meaning.
"""

import itertools
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import Stemmer

from assistant.analysis import STOP_WORDS

_TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?|[^\W\d_]+")
SENTENCE_END = re.compile(r"(?<=[.!?;])[\"'”’)]*\s+|\n+")
_ENDING = re.compile(r"['’](?:s|re|ve|ll|d|m|t)?\b")
_NEGATED_VERB = re.compile(r"n['’]t\b", re.IGNORECASE)
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|unable|fail(?:s|ed)?|refus(?:e|es|ed)|den(?:y|ies|ied)|lack(?:s|ed)?)\b"
    r"|n['’]t\b",
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
    "passage article summary text author according mention mentioned state states stated provided document context information report "
    "reports reported say says said describe describes described discuss discusses".split()
)
# Best sentences that a second one is looked for to.
_TOP = 3
_stemmer = Stemmer.Stemmer("english")


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceText:
    """Evidence, read once for many claims. `positions` are those of each stem in `stems`, which runs through all sentences."""

    stems: list[str]
    sentences: list[frozenset[str]]
    negated: list[bool]
    positions: dict[str, list[int]]
    document_frequency: Counter[str]
    bigrams: frozenset[tuple[str, str]]
    numbers: frozenset[str]


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    return str(_stemmer.stemWord(word.lower().replace(",", "")))


_CARRY_NO_TOPIC = frozenset(_stem(word) for word in STOP_WORDS | _FRAMING)


def words(text: str) -> list[str]:
    """Words and numbers in order, as they are written; a negated verb gives its "not"."""
    spelled = _NEGATED_VERB.sub(" not", unicodedata.normalize("NFKC", text))
    return _TOKEN.findall(_ENDING.sub("", spelled))


def stands_in(claim: str, evidence: Sequence[str]) -> bool:
    """Whether the claim is part of one text, word for word; spaces and line breaks play no part."""
    wanted = " ".join(claim.split())
    return any(wanted in " ".join(text.split()) for text in evidence)


@lru_cache(maxsize=256)
def read_evidence(evidence: tuple[str, ...]) -> EvidenceText:
    """Cuts evidence into sentences and these into stems."""
    cut = [(piece, words(piece)) for text in evidence for piece in SENTENCE_END.split(text)]
    cut = [(piece, found) for piece, found in cut if found]
    stems = [[_stem(word) for word in found] for _, found in cut]
    flat = [stem for sentence in stems for stem in sentence]
    positions: dict[str, list[int]] = {}
    for place, stem in enumerate(flat):
        positions.setdefault(stem, []).append(place)
    spelled = {_NUMBER_WORDS[stem] for stem in positions if stem in _NUMBER_WORDS}
    return EvidenceText(
        stems=flat,
        sentences=[frozenset(sentence) for sentence in stems],
        negated=[_NEGATION.search(piece) is not None for piece, _ in cut],
        positions=positions,
        document_frequency=Counter(stem for sentence in stems for stem in set(sentence)),
        bigrams=frozenset(itertools.pairwise(flat)),
        numbers=frozenset(positions) | spelled,
    )


def signals(claim: str, evidence: EvidenceText) -> dict[str, float]:
    """What the judgement rests on. Shares are of the claim, from 0 to 1."""
    written = words(claim)
    stems = [_stem(word) for word in written]
    topical = {stem for stem in stems if stem not in _CARRY_NO_TOPIC}
    weights = {
        stem: math.log1p(len(evidence.sentences) / max(1, evidence.document_frequency[stem])) for stem in topical
    }
    shares = [sum(weights[stem] for stem in topical & sentence) for sentence in evidence.sentences]
    total = sum(weights.values()) or 1.0
    ranked = sorted(range(len(shares)), key=lambda place: -shares[place])[:_TOP]
    best = ranked[0] if ranked else None
    pair = max(
        (
            sum(weights[stem] for stem in topical & (evidence.sentences[first] | second))
            for first in ranked
            for second in evidence.sentences
        ),
        default=0.0,
    )
    bigrams = list(itertools.pairwise(stems))
    names = {stem for word, stem in list(zip(written, stems, strict=True))[1:] if word[0].isupper() and stem in topical}
    negated = _NEGATION.search(claim) is not None
    missing = [stem for stem in topical if stem not in evidence.positions]
    return {
        "coverage": 1 - len(missing) / max(1, len(topical)),
        "best_sentence": shares[best] / total if best is not None and topical else 1.0,
        "best_pair": pair / total if topical else 1.0,
        "all_words": sum(stem in evidence.positions for stem in set(stems)) / max(1, len(set(stems))),
        "bigrams": sum(pair in evidence.bigrams for pair in bigrams) / max(1, len(bigrams)),
        "longest_run": longest_run(stems, evidence) / max(1, len(stems)),
        "new_words": math.log1p(len(missing)),
        "new_numbers": float(
            any(word[0].isdigit() and word.replace(",", "") not in evidence.numbers for word in written)
        ),
        "new_names": math.log1p(sum(stem not in evidence.positions for stem in names)),
        "negation_added": float(negated and best is not None and not evidence.negated[best]),
        "negation_dropped": float(not negated and best is not None and evidence.negated[best]),
        "in_person": float(_IN_PERSON.search(claim) is not None),
        "question": float("?" in claim),
        "length": math.log1p(len(stems)),
    }


def longest_run(stems: Sequence[str], evidence: EvidenceText) -> int:
    """How many stems of the claim, side by side, stand side by side in the evidence, at most."""
    best = 0
    for start in range(len(stems)):
        for place in evidence.positions.get(stems[start], ()):
            length = 0
            while (
                stems[start + length : start + length + 1] == evidence.stems[place + length : place + length + 1] != []
            ):
                length += 1
            best = max(best, length)
    return best
