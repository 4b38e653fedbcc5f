"""Ways to say a sentence of guidance again: faithfully, and with one fault. Deterministic; for scripted writers and tests."""

import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

_Choice = TypeVar("_Choice")
_MONTHS = "January February March April May June July August September October November December".split()
_DATE = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(_MONTHS)}) (\d{{4}})\b")
_MONTH_YEAR = re.compile(rf"(?<!\d )\b({'|'.join(_MONTHS)}) (\d{{4}})\b")
_AMOUNT = re.compile(r"£(\d{1,3}(?:,\d{3})+)(?![\d.]*(?:m|bn|k| million| billion))\b")
_NUMBER = re.compile(r"(?<![\w.,/-])(\d+(?:,\d{3})*(?:\.\d+)?)(?![\w/-]|,\d|\.\d)")
_MODALS = {
    "must": "should",
    "should": "must",
    "may": "must",
    "can": "must",
    "need not": "must",
    "must not": "may",
    "cannot": "can",
    "shall": "may",
}
_INSERT = re.compile(r"\b(must|should|may|can|is|are|was|were|has|have|does|do|will)\b(?! (?:not|no)\b)")
_REMOVE = re.compile(
    r"\b(?:(?<=must)|(?<=should)|(?<=may)|(?<=is)|(?<=are)|(?<=does)|(?<=do)|(?<=has)|(?<=have)|(?<=was)|(?<=were)|(?<=will)) not\b"
)
_NOTICES = [
    "tender notice", "transparency notice", "contract award notice", "contract details notice", "contract change notice",
    "contract termination notice", "contract performance notice", "pipeline notice", "planned procurement notice",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """A sentence that is no longer true to its passage: what was done to it, and what came of it."""

    kind: str
    original: str
    text: str


def pick(choices: Sequence[_Choice], key: str) -> _Choice:
    """One of the choices, the same for the same key on every machine."""
    return choices[zlib.crc32(key.encode()) % len(choices)]


def faults(sentence: str, *, names: Sequence[str], figures: Sequence[str] = ()) -> Iterator[Fault]:
    """One sentence for each kind of fault that fits. `names` are names of the corpus, `figures` numbers of the same passage."""
    for kind, change in _CHANGES.items():
        text = change(sentence, names, figures)
        if text and text != sentence:
            yield Fault(kind, sentence, text)


def paraphrases(sentence: str) -> Iterator[str]:
    """The sentence again, and as it may be told without changing what it says."""
    yield sentence
    for change in (
        _other_date,
        _other_amount,
        _other_share,
        _other_words,
        _attribution_first,
        _attribution_last,
        _spelt_out,
    ):
        text = change(sentence)
        if text != sentence:
            yield text


def _altered_number(sentence: str, names: Sequence[str], figures: Sequence[str]) -> str | None:
    found = [each for each in _NUMBER.finditer(sentence) if not re.fullmatch(r"(?:19|20)\d\d", each.group())]
    if not found:
        return None
    match = pick(found, sentence)
    old = match.group()
    others = [each for each in figures if each != old and not re.fullmatch(r"(?:19|20)\d\d", each)]
    bumped = re.sub(r"\d", lambda digit: str((int(digit.group()) + 1) % 10 or 1), old, count=1)
    new = pick([bumped, old[:-1] + str((int(old[-1]) + 1) % 10), *others], sentence + old)
    return sentence[: match.start()] + new + sentence[match.end() :]


def _altered_date(sentence: str, names: Sequence[str], figures: Sequence[str]) -> str | None:
    if match := _DATE.search(sentence):
        day, month, year = match.groups()
        new = pick(
            [
                f"{int(day) % 27 + 1} {month} {year}",
                f"{day} {_next_month(month)} {year}",
                f"{day} {month} {int(year) + 1}",
            ],
            sentence,
        )
    elif match := _MONTH_YEAR.search(sentence):
        month, year = match.groups()
        new = pick([f"{_next_month(month)} {year}", f"{month} {int(year) - 1}"], sentence)
    elif match := re.search(r"\b(20\d\d)\b(?![-/])", sentence):
        new = str(int(match.group()) + pick([1, -1, 3], sentence))
    else:
        return None
    return sentence[: match.start()] + new + sentence[match.end() :]


def _next_month(month: str) -> str:
    return _MONTHS[(_MONTHS.index(month) + 1) % 12]


def _altered_name(sentence: str, names: Sequence[str], figures: Sequence[str]) -> str | None:
    held = [name for name in names if re.search(rf"\b{re.escape(name)}\b", sentence)]
    notices = [name for name in _NOTICES if re.search(rf"\b{name}s?\b", sentence)]
    if notices and (not held or zlib.crc32(sentence.encode()) % 2):
        old = max(notices, key=len)
        new = pick([name for name in _NOTICES if old not in name and name not in old], sentence)
        return re.sub(rf"\b{old}", new, sentence, count=1)
    if not held:
        return None
    old = max(held, key=len)
    others = [name for name in names if name not in sentence and name not in old and old not in name]
    return re.sub(rf"\b{re.escape(old)}\b", pick(others, sentence + old), sentence, count=1) if others else None


def _flipped(sentence: str, names: Sequence[str], figures: Sequence[str]) -> str | None:
    if _REMOVE.search(sentence):
        return _REMOVE.sub("", sentence, count=1)
    for old, new in (("cannot", "can"), ("need not", "need to"), ("without", "with"), (" no ", " a ")):
        if re.search(rf"(?<!\w){old}(?!\w)", sentence):
            return re.sub(rf"(?<!\w){old}(?!\w)", new, sentence, count=1)
    return _INSERT.sub(r"\1 not", sentence, count=1) if _INSERT.search(sentence) else None


def _other_modal(sentence: str, names: Sequence[str], figures: Sequence[str]) -> str | None:
    for old in sorted(_MODALS, key=len, reverse=True):
        if re.search(rf"\b{old}\b", sentence):
            return re.sub(rf"\b{old}\b", _MODALS[old], sentence, count=1)
    return None


_OTHER_WORDS = {
    "councils": "suppliers", "suppliers": "councils", "supplier": "council", "goods": "works", "below-threshold": "above-threshold",
    "or more": "or less", "after": "before", "before": "after", "days": "weeks", "months": "years", "voluntary": "mandatory",
    "includes": "excludes", "first": "second", "higher": "lower", "some": "all",
}  # fmt: skip


def _other_word(sentence: str, names: Sequence[str], figures: Sequence[str]) -> str | None:
    found = [word for word in _OTHER_WORDS if re.search(rf"\b{word}\b", sentence)]
    if not found:
        return None
    old = pick(found, sentence)
    return re.sub(rf"\b{old}\b", _OTHER_WORDS[old], sentence, count=1)


_CHANGES: dict[str, Callable[[str, Sequence[str], Sequence[str]], str | None]] = {
    "number": _altered_number,
    "date": _altered_date,
    "name": _altered_name,
    "negation": _flipped,
    "modality": _other_modal,
    "word": _other_word,
}


def _other_date(sentence: str) -> str:
    forms: list[Callable[[re.Match[str]], str]] = [
        lambda match: f"{int(match[1]):02}/{_MONTHS.index(match[2]) + 1:02}/{match[3]}",
        lambda match: f"{match[3]}-{_MONTHS.index(match[2]) + 1:02}-{int(match[1]):02}",
        lambda match: f"{match[2]} {match[1]}, {match[3]}",
    ]
    return _DATE.sub(pick(forms, sentence), sentence)


def _other_amount(sentence: str) -> str:
    return _AMOUNT.sub(lambda match: f"{match[1].replace(',', pick([',', ' ', ''], sentence))} pounds", sentence)


def _other_share(sentence: str) -> str:
    return re.sub(r"\b(\d+(?:\.\d+)?) per cent\b", r"\1%", sentence)


def _other_words(sentence: str) -> str:
    text = re.sub(r"\b[Aa] council's\b", lambda match: f"{match.group()[0]} local authority's", sentence)
    text = re.sub(r"\bcouncils\b", "local authorities", re.sub(r"^Councils\b", "Local authorities", text))
    return re.sub(r"\b([Aa]) council\b", r"\1 local authority", text)


def _attribution_first(sentence: str) -> str:
    if match := re.fullmatch(r"(.+), (according to [^,]+)\.", sentence):
        return f"{match[2][0].upper()}{match[2][1:]}, {_lowered(match[1])}."
    if match := re.fullmatch(r"(.+), ([^,]+ (?:says?|reports?|reported|advises?))\.", sentence):
        return f"{match[2][0].upper()}{match[2][1:]} that {_lowered(match[1])}."
    return sentence


def _attribution_last(sentence: str) -> str:
    if match := re.fullmatch(r"According to ([^,]+), (.+)\.", sentence):
        return f"{match[2][0].upper()}{match[2][1:]}, according to {match[1]}."
    return sentence


def _lowered(text: str) -> str:
    """Small first letter for words that are no names."""
    return (
        text[0].lower() + text[1:]
        if re.match(r"(?:A|An|The|Councils?|It|In|For|When|Any|All|Each|Since|From|Under)\b", text)
        else text
    )


def _spelt_out(sentence: str) -> str:
    words = dict(
        zip(
            "2 3 4 5 6 7 8 9 10 11 12".split(),
            "two three four five six seven eight nine ten eleven twelve".split(),
            strict=True,
        )
    )
    return re.sub(
        r"(?<![\w£.,/-])(\d{1,2})(?= (?:days|weeks|months|years|councils|suppliers|stages))",
        lambda match: words.get(match[1], match[1]),
        sentence,
    )
