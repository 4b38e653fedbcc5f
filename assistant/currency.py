"""What has changed its name, and what sources disagree on: found in questions and quotes, told as notices."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from assistant.analysis import terms as stems
from assistant.types import Notice, NoticeKind, Source

# Short abbreviations are written in small letters too ("dps"), unless that would be a word.
_ENGLISH_WORDS = frozenset(
    """
    act add age ago aid aim air all and any are area arm art as ask at bad bar base be bed best bid big bit board body boom both box
    bus but buy by call can cap car care case cash cast cat chat city code cog cost cup cut data date day deal did do dog dot draw due
    ear east easy edge edit else end even ever exit eye face fact fair far fast fat fax fee few file fill fine fire firm fit five fix
    flag flat flow foot for form four free from fuel full fun fund gap gas get gift give go goal gold good got grid grow had half hall
    hand hard has hat have he head heat help her hide high hint hit hold home hot hour how hub idea if in into iris is it item its jam
    job join just keep key kind king lack lamp land lap last late law lead leap left leg less let lid life lift light like line link
    list live load loan lock log long look lose lot low mail main make man many map march mark mat may me meal mean meat meet mild mile
    mind mine mint miss mode more moss most move much must my nap near need nest net new next nine no none nor not note now odd of off
    old on once one only open or our out over own pace pack pact page paid pain pair park part pass past path pay peak per pick pin
    pip plan play plot plus poll pool poor port post pour pull pure push put quit race rag rail ramp rank rap rare rate raw read real
    red rest rich ride ring rise risk road role roll roof room root row rule run safe sail sale salt same sand save say seat see self
    sell send set she ship shop show sick side sign site six size skip slow snap so soft soil some son soon sort spot star stay stem
    step stop such suit sum sun sure tag take talk tap task tax team tell ten term test text than that the them then they thin this
    tie time tip to too top town tree trim trip true try tube turn two type unit up upon us use van vary vast vat very via view
    vote wage wait walk wall want war was way we web week well went west wet what when who why wide wild will win wind wire wise wish
    with word work yard year yes yet you your zero zone
    """.split()
)
_LONGEST_WORD = 4
_PLAIN_HYPHENS = {ord(mark): "-" for mark in "‐‑‒–—"} | {ord(mark): "'" for mark in "’‘"}
# One character for one, so that offsets stay those of the text; case is folded for ASCII only, for the same reason.
_FOLDED = _PLAIN_HYPHENS | {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_BETWEEN_NUMBERS = r"[\s/,-]?"
_BETWEEN_WORDS = r"(?:, |[\s-])?"
_FIGURE = re.compile(
    r"(?<![\w.,/])(£\s?)?(\d[\d,]*(?:\.\d+)?)\s?(%|per\s?cent\b|(?:bn|billion|m|million|k)\b)?(?![\w])", re.IGNORECASE
)
_YEAR = re.compile(r"(?:19|20)\d\d")


class TermKind(StrEnum):
    """Whether a term is out of date, or only another word for the same."""

    CHANGED = "changed"
    EQUIVALENT = "equivalent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term of the field with its other spellings (`also`, and `patterns`: regular expressions).

    `now` is what a changed term is called, or what applies, today; `note` tells an officer so in one sentence. `confirmed` is false where
    no source held says what `now` says. `since` keeps the precision that is known. `means` are words that widen a search.
    """

    term: str
    also: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    kind: TermKind
    now: tuple[str, ...] = ()
    since: str | None = None
    note: str | None = None
    confirmed: bool = True
    means: tuple[str, ...] = ()
    source: str | None = None

    def __hash__(self) -> int:
        # All terms together are looked up by their hash for every text: the name alone is quick, and tells them apart.
        return hash(self.term)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What one source says on a matter. `anchor` is the sentence in which it says so; `by` says whose claim it is, if not the publisher's.

    A position without a source is known from reports only.
    """

    claim: str
    by: str | None = None
    source: str | None = None
    anchor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A matter on which sources disagree, or seem to. `figures`: about numbers, so that each number in a claim gives it away.

    `ask` are phrases that show what a text is about: each word of one of them stands in it, in any order and with any ending.
    A slash separates words that will do as well ("spend/budget").
    """

    id: str
    topic: str
    ask: tuple[str, ...]
    figures: bool
    positions: tuple[Position, ...]
    tell: str


def find_terms(text: str, terms: Sequence[Term]) -> tuple[Term, ...]:
    """The terms that stand in a text, each once, in its order. Where two overlap, the longer one counts."""
    taken: list[tuple[int, int, Term]] = []
    for start, end, term in sorted(_matches(text, _matcher(tuple(terms))), key=lambda match: match[0] - match[1]):
        if all(end <= other_start or other_end <= start for other_start, other_end, _ in taken):
            taken.append((start, end, term))
    return tuple(dict.fromkeys(term for _, _, term in sorted(taken, key=lambda match: match[0])))


def expand(question_text: str, terms: Sequence[Term]) -> tuple[str, ...]:
    """Words and phrases that a question means as well but doesn't hold, for the search."""
    held = set(stems(question_text))
    found = (each for term in find_terms(question_text, terms) for each in (term.term, *term.now, *term.means))
    return tuple(phrase for phrase in dict.fromkeys(found) if not held.issuperset(stems(phrase)))


def term_notices(question_text: str, quotes: Sequence[str], terms: Sequence[Term]) -> tuple[Notice, ...]:
    """Says what has changed: first for the terms of the question, then for those of the quotes. What reads the same is said once."""
    notes: dict[str, str | None] = {}
    for text in (question_text, *quotes):
        for term in find_terms(text, terms):
            if term.note:
                notes.setdefault(term.note, term.source)
    return tuple(
        Notice(kind=NoticeKind.CHANGED_TERM, text=note, source_ids=(source,) if source else ())
        for note, source in notes.items()
    )


def find_conflicts(
    question_text: str, cited: Sequence[tuple[str, str]], conflicts: Sequence[Conflict]
) -> tuple[Conflict, ...]:
    """The conflicts that an answer touches, in the order given. `cited` are pairs of source id and quote.

    A quote touches one if it holds an anchor of its own source, or is about the matter and holds one of its figures. A question touches
    one if it is about the matter and a source with a position on it, or one of its figures, is cited.
    """
    question = _read(question_text)
    quotes = [(source_id, _read(quote)) for source_id, quote in cited]
    return tuple(conflict for conflict in conflicts if _touched(conflict, question, quotes))


def conflict_notice(conflict: Conflict, sources: Mapping[str, Source]) -> Notice:
    """Tells every position side by side, then what to do. A position whose source is not in the build is left out."""
    held = [each for each in conflict.positions if each.source is None or each.source in sources]
    listed = "; ".join(f"{each.claim}{_whose(each, sources)}" for each in held)
    lead = "Sources give different figures for" if conflict.figures else "Guidance differs on"
    return Notice(
        kind=NoticeKind.CONFLICT,
        text=f"{lead} {conflict.topic}: {listed}. {conflict.tell}",
        source_ids=tuple(dict.fromkeys(each.source for each in held if each.source)),
    )


def _whose(position: Position, sources: Mapping[str, Source]) -> str:
    if position.by:
        return f" ({position.by})"
    if position.source is None:
        return ""
    source = sources[position.source]
    return f" ({source.publisher}, {source.published[:4] if source.published else 'undated'})"


@dataclass(frozen=True, slots=True)
class _Matcher:
    spellings: re.Pattern[str]
    by_key: Mapping[str, Term]
    in_capitals: frozenset[str]
    patterns: tuple[tuple[re.Pattern[str], Term], ...]


@lru_cache(maxsize=4)
def _matcher(terms: tuple[Term, ...]) -> _Matcher:
    spellings = {spelling: term for term in terms for spelling in spellings_of(term)}
    longest_first = sorted(spellings, key=len, reverse=True)
    # Each alternative begins with a letter, so that most are ruled out by one comparison.
    listed = "|".join(_fragment(spelling) for spelling in longest_first)
    return _Matcher(
        spellings=re.compile(rf"(?<!\w)(?<!\d[,.])(?:{listed})(?:'?s|es)?(?!\w)(?![,.]\d)"),
        by_key={key(spelling): term for spelling, term in spellings.items()},
        in_capitals=frozenset(key(spelling) for spelling in spellings if _only_in_capitals(spelling)),
        patterns=tuple((re.compile(pattern, re.IGNORECASE), term) for term in terms for pattern in term.patterns),
    )


def spellings_of(term: Term) -> tuple[str, ...]:
    """The plain spellings that a term is found by."""
    return (term.term, *term.also)


def key(spelling: str) -> str:
    """What all ways of writing a spelling share: "G-Cloud 14" and "g cloud 14" are "gcloud14"."""
    return re.sub(r"[\W_]+", "", spelling.translate(_FOLDED))


def _only_in_capitals(spelling: str) -> bool:
    return len(spelling) <= _LONGEST_WORD and spelling.isupper() and spelling.lower() in _ENGLISH_WORDS


def _fragment(spelling: str) -> str:
    words = [word for word in re.split(r"[\s/,-]+", spelling.translate(_FOLDED).removeprefix("£")) if word]
    pattern = ""
    for place, word in enumerate(words):
        if place:
            pattern += _BETWEEN_NUMBERS if words[place - 1][-1].isdigit() and word[0].isdigit() else _BETWEEN_WORDS
        pattern += re.sub(r"'s|s'", "'?s'?", re.escape(word))
    return re.sub(r"(?<=[a-z])(?<![aeiou])y$", "(?:y|ies)", pattern)


def _matches(text: str, matcher: _Matcher) -> Iterator[tuple[int, int, Term]]:
    for match in matcher.spellings.finditer(text.translate(_FOLDED)):
        start, end = match.span()
        found = key(match[0])
        singulars = (found, re.sub(r"ies$", "y", found), found.removesuffix("es"), found.removesuffix("s"))
        name = next((each for each in singulars if each in matcher.by_key), None)
        if name and (name not in matcher.in_capitals or text[start : start + len(name)].isupper()):
            yield start, end, matcher.by_key[name]
    for pattern, term in matcher.patterns:
        for match in pattern.finditer(text):
            yield match.start(), match.end(), term


@dataclass(frozen=True, slots=True)
class _Read:
    text: str
    stems: frozenset[str]
    words: frozenset[str]
    figures: frozenset[str]


@lru_cache(maxsize=4096)
def _read(text: str) -> _Read:
    written = re.findall(r"\w+|£", text)
    return _Read(text, frozenset(stems(text)), frozenset([*written, *map(str.lower, written)]), figures(text))


def _touched(conflict: Conflict, question: _Read, quotes: Sequence[tuple[str, _Read]]) -> bool:
    asked = _about(conflict.ask, question)
    held = {position.source for position in conflict.positions}
    disputed = _disputed(tuple(position.claim for position in conflict.positions)) if conflict.figures else frozenset()
    for source_id, quote in quotes:
        if any(each.anchor and each.source == source_id and each.anchor in quote.text for each in conflict.positions):
            return True
        states_figure = not disputed.isdisjoint(quote.figures)
        if (asked and (states_figure or source_id in held)) or (states_figure and _about(conflict.ask, quote)):
            return True
    return False


def _about(phrases: Sequence[str], text: _Read) -> bool:
    return any(
        all(
            any(word <= text.stems if word else as_written in text.words for as_written, word in slot) for slot in slots
        )
        for slots in map(_slots, phrases)
    )


@cache
def _slots(phrase: str) -> tuple[tuple[tuple[str, frozenset[str]], ...], ...]:
    # What analysis leaves out ("IT", "one", "£") has no stem: it must stand in the text, in capitals where it has capitals here.
    return tuple(tuple((each, frozenset(stems(each))) for each in word.split("/")) for word in phrase.split())


@cache
def _disputed(claims: tuple[str, ...]) -> frozenset[str]:
    """The figures of claims. A year counts only where a claim has no other figure: else it says when, not what."""
    found: set[str] = set()
    for claim in claims:
        held = figures(claim)
        found |= {figure for figure in held if not _YEAR.fullmatch(figure)} or held
    return frozenset(found)


def figures(text: str) -> frozenset[str]:
    """The amounts, shares and numbers in a text, each in one form: "£2 billion" and "£2bn" are "£2b", "23 per cent" is "23%"."""
    return frozenset(
        ("£" if pound else "") + number.replace(",", "") + unit[:1].lower().replace("p", "%")
        for pound, number, unit in _FIGURE.findall(text)
    )
