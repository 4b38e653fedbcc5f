"""The check of one drafted sentence: the rules, in order. What passes any cited passage by itself is shown with that citation."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from assistant.analysis import tokens
from assistant.gate.draft import LONGEST_SENTENCE, DraftedSentence
from assistant.gate.modality import SAYING, attributions, is_turned
from assistant.gate.names import Name, kinds, names, stands_in
from assistant.gate.opposites import is_swapped
from assistant.gate.plain_text import is_plain, is_verbatim, states_something
from assistant.gate.shown import ReadSentence, Shown, Window, best_window, foreign, one_word, topic, weight, whole_list
from assistant.gate.values import Value, missing, one_form, plain, values
from assistant.verify import verify


class Rule(StrEnum):
    """Why a drafted sentence is not shown."""

    TOO_LONG = "too long"
    UNCITED = "cites nothing"
    UNKNOWN_CITATION = "cites a passage that was not shown"
    NOT_PLAIN = "is not plain text"
    NO_STATEMENT = "states nothing"
    QUOTATION = "quotes what does not stand there"
    VALUE = "holds a figure or date that is not held there"
    NAME = "names what is not named there"
    NEGATION = "negation changed"
    MODALITY = "duty or permission changed"
    COMPARISON = "comparison changed"
    ROLES = "who does what to whom changed"
    SWAPPED = "says one of a kind where another is said"
    STRENGTH = "says more than is said there"
    OFF_TOPIC = "rests on a sentence that is not about the question"
    MERGED = "puts together what is said of different things"
    UNSUPPORTED = "is not borne out"
    REPEATED = "says again what was said"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backing:
    """The range of a shown passage that bears a sentence out by itself."""

    shown: Shown
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A sentence to show, with what stands behind it; never nothing."""

    text: str
    supports: tuple[Backing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A sentence that is not shown, and why: for authors."""

    text: str
    rule: Rule


# A figure or name stands in the right sentence if that says at least this share of what the best sentence says of the words around it.
NEAR_BEST = 0.85
# The least cosine with the question of what a sentence rests on; what is nearly the best of all is near enough in any case.
# Of sentences planted in a passage 99 % lie below, of those that answer 2 %: docs/adr/0017-model-phrasing.md.
ABOUT_THE_QUESTION, NEARLY_THE_BEST = 0.25, 0.10
# The most that a sentence may hold of what is said elsewhere in the passages shown, as a share of its topic words.
MERGED_SHARE = 0.08
_STRONG_BREAKS = re.compile(r"; | while | whereas | but |, and | - ")
_MONTHS = re.compile(r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b")
_FEWEST = 3
_OWN_WORDS, _LEAST_PAIRS = 0.8, 0.15
_NEAR = 4


def check(
    drafted: DraftedSentence,
    shown: Mapping[int, Shown],
    *,
    weights: Mapping[str, float],
    known_names: Collection[str] = frozenset(),
) -> Passed | Dropped:
    """Whether a drafted sentence may be shown. `shown` are the passages by number, `weights` the inverse document frequencies of terms,
    `known_names` words that the corpus always writes with a capital.
    """
    text = drafted.text
    if rule := _form(drafted, shown):
        return Dropped(text=text, rule=rule)
    cited = [shown[number] for number in drafted.cites]
    most_relevant = max((score for each in shown.values() for score in each.relevance), default=0.0)
    elsewhere = frozenset().union(*(sentence.terms for each in cited for sentence in each.sentences))
    found = [_held_against(text, each, weights, known_names, most_relevant, elsewhere) for each in cited]
    supports = tuple(each for each in found if isinstance(each, Backing))
    if supports:
        return Passed(text=text, supports=supports)
    return Dropped(text=text, rule=next(each for each in found if isinstance(each, Rule)))


def _form(drafted: DraftedSentence, shown: Mapping[int, Shown]) -> Rule | None:
    if len(drafted.text) >= LONGEST_SENTENCE:
        return Rule.TOO_LONG
    if not is_plain(drafted.text, " ".join(each.passage.text for each in shown.values())):
        return Rule.NOT_PLAIN
    if not drafted.cites:
        return Rule.UNCITED
    if not set(drafted.cites) <= set(shown):
        return Rule.UNKNOWN_CITATION
    return None if states_something(drafted.text) else Rule.NO_STATEMENT


def _held_against(
    text: str,
    shown: Shown,
    weights: Mapping[str, float],
    known_names: Collection[str],
    most_relevant: float,
    elsewhere: frozenset[str],
) -> Backing | Rule:
    claim, about = plain(text), topic(text)
    window = whole_list(best_window(about, values(text), shown, weights), shown)
    if window.coverage <= 0:
        return Rule.UNSUPPORTED
    evidence = " ".join(each.text for each in shown.sentences[window.first : window.last + 1])
    if not is_verbatim(text, shown.passage.text):
        return Rule.QUOTATION
    if verbatim := [place for place, each in enumerate(shown.sentences) if each.text == claim]:
        own = shown.sentences[verbatim[0]]
        return _borne_out(text, shown, Window(own.start, own.end, verbatim[0], verbatim[0], 1.0), most_relevant)
    claimed = values(text)
    if (
        _repeats(claimed, values(evidence))
        or not _stand_together(claimed, shown)
        or not all(_value_stands(each, claim, shown, weights) for each in claimed)
    ):
        return Rule.VALUE
    if not all(_name_stands(name, claim, shown, window, weights, known_names) for name in _names(claim, known_names)):
        return Rule.NAME
    if not _attributed(claim, shown):
        return Rule.NAME
    if foreign(about, shown, elsewhere, weights) > MERGED_SHARE:
        return Rule.MERGED
    if turned := is_turned(one_word(claim), one_word(evidence), topic):
        return Rule[turned.upper()]
    if is_swapped(one_word(claim), one_word(evidence)):
        return Rule.SWAPPED
    return _borne_out(text, shown, window, most_relevant)


def _borne_out(text: str, shown: Shown, window: Window, most_relevant: float) -> Backing | Rule:
    if max(shown.relevance[window.first : window.last + 1]) < min(ABOUT_THE_QUESTION, most_relevant - NEARLY_THE_BEST):
        return Rule.OFF_TOPIC
    evidence = shown.passage.text[window.start : window.end]
    if _is_scrambled(text, evidence) or not verify(one_form(text), [one_form(evidence)]).supported:
        return Rule.UNSUPPORTED
    return Backing(shown=shown, start=window.start, end=window.end)


def _is_scrambled(text: str, evidence: str) -> bool:
    """Whether the words are the evidence's, and their order is nobody's."""
    said, held = tokens(text), tokens(evidence)
    pairs, there = list(pairwise(said)), set(pairwise(held))
    own = sum(word in set(held) for word in said) / max(1, len(said))
    return own > _OWN_WORDS and sum(pair in there for pair in pairs) < _LEAST_PAIRS * len(pairs)


def _names(claim: str, known_names: Collection[str]) -> list[Name]:
    return [*names(claim, known_names), *kinds(claim)]


def _around(claim: str, start: int) -> frozenset[str]:
    """The topic words of the part of the claim that holds the character at `start`; all of them where that says too little."""
    breaks = [0, *(match.start() for match in _STRONG_BREAKS.finditer(claim)), len(claim)]
    first = max(place for place in breaks[:-1] if place <= start)
    last = min(place for place in breaks if place > start)
    part = topic(claim[first:last])
    return part if len(part) >= _FEWEST else topic(claim)


def _right_places(around: frozenset[str], shown: Shown, weights: Mapping[str, float]) -> list[int]:
    """The sentences that say nearly as much of these words as any does."""
    scores = [weight(around & each.terms, weights) for each in shown.sentences]
    least = NEAR_BEST * max(scores)
    return [place for place, score in enumerate(scores) if score >= least]


def _repeats(claimed: Sequence[Value], held: Sequence[Value]) -> bool:
    """Whether a value stands more often in the claim than in its evidence: two figures made one."""
    there = Counter(each.key for each in held)
    return any(there[key] and times > there[key] for key, times in Counter(each.key for each in claimed).items())


def _stand_together(claimed: Sequence[Value], shown: Shown) -> bool:
    """Whether values of one kind stand in one sentence or list: those of two sentences may be of two things."""
    by_kind: dict[str, list[Value]] = {}
    for each in claimed:
        by_kind.setdefault(each.kind, []).append(each)
    several = [of_kind for of_kind in by_kind.values() if len({each.key for each in of_kind}) > 1]
    return all(any(not missing(of_kind, held) for held in shown.values_together) for of_kind in several)


def _value_stands(value: Value, claim: str, shown: Shown, weights: Mapping[str, float]) -> bool:
    places = _right_places(_around(claim, value.start), shown, weights)
    if _is_nearest(value, claim, [shown.sentences[place] for place in places]):
        return True
    # The year of the source itself, or a number of its title.
    return value.kind == "number" and not missing([value], shown.about_values) and not _holds_kind(value, places, shown)


def _is_nearest(value: Value, claim: str, sentences: Sequence[ReadSentence]) -> bool:
    """Whether it stands there, and no other value of its kind has more of the same words next to it."""
    near, shared, rival = _near(claim, value.start), -1, 0
    for sentence in sentences:
        for each in sentence.values:
            if not missing([value], [each]):
                shared = max(shared, len(near & _near(sentence.text, each.start)))
            elif each.kind == value.kind:
                rival = max(rival, len(near & _near(sentence.text, each.start)))
    return shared >= rival


def _near(text: str, start: int) -> frozenset[str]:
    """The words next to a value."""
    before, after = text[:start].rstrip("£$€ ").split()[-_NEAR:], text[start:].split()[: _NEAR + 1]
    return topic(_MONTHS.sub(" ", " ".join([*before, *after])))


def _holds_kind(value: Value, places: Iterable[int], shown: Shown) -> bool:
    return any(each.kind in {value.kind, "date"} for place in places for each in shown.sentences[place].values)


def _name_stands(
    name: Name,
    claim: str,
    shown: Shown,
    window: Window,
    weights: Mapping[str, float],
    known_names: Collection[str],
) -> bool:
    without = topic(" ".join(name.words))
    places = _right_places(_around(claim, name.start) - without, shown, weights)
    if stands_in(name, [shown.sentences[place].words for place in places]):
        return True
    if not stands_in(name, shown.about):
        return False
    # Of a source it may be said whose it is, where its own words name nobody else whom the claim leaves out.
    held = [each for place in range(window.first, window.last + 1) for each in _read_names(shown, place, known_names)]
    claimed = {word for each in names(claim, known_names) for word in each.words}
    return all(set(each.words) & claimed for each in held)


def _attributed(claim: str, shown: Shown) -> bool:
    """Whether those who are said to say so stand in the passage, or are its source."""
    held = {term for sentence in shown.sentences for term in sentence.terms} | {
        term for words in shown.about for term in topic(" ".join(words))
    }
    return all(topic(each) - SAYING <= held for each in attributions(claim))


def _read_names(shown: Shown, place: int, known_names: Collection[str]) -> Sequence[Name]:
    return names(shown.sentences[place].text, known_names)
