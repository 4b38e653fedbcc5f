"""The numbers, amounts, shares, dates and references in a text, in one form each, so that two ways of writing them are equal."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from assistant.gate.number_words import in_digits

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAYS = r"(?P<days>\d{1,2}(?:st|nd|rd|th)?(?:\s*(?:-|,|and|or|to)\s*\d{1,2}(?:st|nd|rd|th)?)*)"
# Atomic: with two ways to read "111,111,111" a long row of digits would be tried in all of them.
_N = r"(?>\d{1,3}(?:[, ]\d{3})+(?!\d)|\d+)(?:\.\d+)?+"
_BETWEEN = r"\s*(?:-|to|and|or|,(?:\s*(?:and|or))?|/)\s*"
_LIST = rf"(?P<list>(?<![\w.,/-])(?:{_N})(?:{_BETWEEN}(?:{_N}))*+)"
_SIZE = r"(?P<size>\s*(?:k|m|bn|thousand|million|billion|trillion)\b)?"
_SIZES = {"k": 3, "thousand": 3, "m": 6, "million": 6, "bn": 9, "billion": 9, "trillion": 12}
_CURRENCY = {"£": "£", "gbp": "£", "pound": "£", "sterling": "£", "€": "€", "euro": "€", "$": "$", "dollar": "$"}
_UNIT = r"(?P<unit>(?:(?:working|calendar|clear|business|elapsed)[ -])?(?:minute|hour|day|week|month|year|decade|stage|lot|page)s?)\b"
_LABEL = (
    r"\b(?P<label>section|regulation|reg|article|schedule|clause|paragraph|para|part|chapter|module|annex|appendix|lot|stage|phase|"
    r"step|tier|level|version|page|question|principle|theme|number|no(?=\.)|ppn|table|figure|rule|standing order|option)s?\.?\s+"
)
_REFERENCE = r"\d+(?:\.\d+)*[A-Z]?(?:\([\da-z]{1,3}\))*(?:/\d{2,4})?"


@dataclass(frozen=True, slots=True)
class Value:
    """One value: its kind (`£`, `%`, `date`, `number`, a unit or a label), what it comes to, and where it stands in the text."""

    kind: str
    amount: object
    start: int

    @property
    def key(self) -> tuple[str, object]:
        """What is compared."""
        return self.kind, self.amount


def values(text: str) -> list[Value]:
    """All values of a text. Positions are those in `plain(text)`."""
    return sorted(_read(plain(text)), key=lambda value: value.start)


def plain(text: str) -> str:
    """The text with number words in digits and one kind of dash and space; what `values` counts positions in."""
    folded = unicodedata.normalize("NFKC", text).replace("⁄", "/")
    return in_digits(re.sub(r"\s+", " ", re.sub("[‐-―−]", "-", folded)))


def one_form(text: str) -> str:
    """The text with amounts, shares and dates written in one way, for what compares words."""
    text = re.sub(rf"(?<![\w£.,])({_N})(\s*(?:m|bn|million|billion))?\s+(?:pounds|GBP)\b", _as_pounds, text)
    text = re.sub(r"(?<=\d)\s*(?:per ?cent\b|%)", "%", text)
    for pattern in (
        r"\b(?P<year>\d{4})-(?P<number>\d{2})-(?P<day>\d{2})\b",
        r"\b(?P<day>\d{1,2})/(?P<number>\d{1,2})/(?P<year>\d{4})\b",
        rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})\b",
    ):
        text = re.sub(pattern, _as_date, text, flags=re.IGNORECASE)
    return text


def _as_pounds(match: re.Match[str]) -> str:
    return f"£{_number(match[1]):,f}{match[2] or ''}"


def _as_date(match: re.Match[str]) -> str:
    groups = match.groupdict()
    month = int(groups["number"]) if "number" in groups else _month(groups["month"])
    return (
        f"{int(groups['day'])} {_MONTHS[month - 1].title()} {groups['year']}"
        if 1 <= month <= len(_MONTHS)
        else match.group()
    )


def missing(claimed: Iterable[Value], held: Iterable[Value]) -> list[Value]:
    """The values of a claim that do not stand in what it rests on. A date may be told less exactly than it is held, never more."""
    keys = {key for value in held for key in _told_as(value)}
    return [value for value in claimed if value.key not in keys]


def _told_as(value: Value) -> Iterator[tuple[str, object]]:
    yield value.key
    if isinstance(value.amount, tuple) and value.kind == "date":
        year, month, day = value.amount
        yield "date", (year, month, None)
        yield "date", (None, month, day)
        if year is not None:
            yield "number", Decimal(year)
    elif isinstance(value.amount, str) and "(" in value.amount:
        yield value.kind, value.amount.partition("(")[0]


def _read(text: str) -> Iterator[Value]:
    left = text
    for pattern, read in _READERS:
        for match in pattern.finditer(left):
            found = list(read(match))
            if found:
                yield from found
                left = left[: match.start()] + " " * (match.end() - match.start()) + left[match.end() :]


def _number(text: str) -> Decimal:
    return Decimal(re.sub("[, ]", "", text)).normalize()


def _numbers(match: re.Match[str]) -> list[tuple[Decimal, int]]:
    return [(_number(each.group()), match.start("list") + each.start()) for each in re.finditer(_N, match["list"])]


def _scale(match: re.Match[str]) -> Decimal:
    return Decimal(10) ** _SIZES.get((match["size"] or "").strip().lower(), 0)


def _date(year: str | None, month: int, day: str | None, start: int) -> Iterator[Value]:
    number = int(re.sub(r"\D", "", day)) if day else None
    try:
        date(int(year or 2024), month, number or 1)
    except ValueError:
        return
    yield Value("date", (int(year) if year else None, month, number), start)


def _month(name: str) -> int:
    return next(place for place, month in enumerate(_MONTHS, 1) if month.startswith(name.lower()[:3]))


def _iso(match: re.Match[str]) -> Iterator[Value]:
    yield from _date(match["year"], int(match["number"]), match["day"], match.start())


def _slashed(match: re.Match[str]) -> Iterator[Value]:
    year = match["year"] if len(match["year"]) == 4 else f"20{match['year']}"
    yield from _date(year, int(match["number"]), match["day"], match.start())


def _written(match: re.Match[str]) -> Iterator[Value]:
    groups = match.groupdict()
    year = groups.get("year")
    # "may" is a month only in company: "24 may" is, "2025 may" is not.
    if not groups.get("days") and not year:
        return
    for day in re.findall(r"\d{1,2}", groups.get("days") or "") or [None]:
        yield from _date(year, _month(match["month"]), day, match.start())


def _years(match: re.Match[str]) -> Iterator[Value]:
    first, second = match["first"], match["second"]
    # "2025-03" is a month.
    if int(second[-2:]) <= int(first[-2:]) and int(second[-2:]):
        return
    yield Value("years", f"{first}/{second if len(second) == 4 else first[:2] + second}", match.start())


def _money(match: re.Match[str]) -> Iterator[Value]:
    sign = (match["sign"] or match["word"] or "").lower()
    kind = next(kind for name, kind in _CURRENCY.items() if sign.startswith(name))
    scale = _scale(match)
    for number, start in _numbers(match):
        yield Value(kind, (number * scale).normalize(), start)


def _with(kind: str) -> Callable[[re.Match[str]], Iterator[Value]]:
    def read(match: re.Match[str]) -> Iterator[Value]:
        for number, start in _numbers(match):
            yield Value(kind, number, start)

    return read


def _with_unit(match: re.Match[str]) -> Iterator[Value]:
    yield from _with(match["unit"].lower().replace("-", " ").rstrip("s"))(match)


def _labelled(match: re.Match[str]) -> Iterator[Value]:
    label = {"reg": "regulation", "para": "paragraph", "no": "number"}.get(
        match["label"].lower(), match["label"].lower()
    )
    for each in re.finditer(_REFERENCE, match["list"]):
        text, start = each.group().lower(), match.start("list") + each.start()
        if re.fullmatch(r"(?:19|20)\d\d", text):
            # "Regulations 2015": the year of a law.
            yield Value("number", Decimal(text).normalize(), start)
        else:
            yield Value(label, re.sub(r"(?<!\d)0+(?=\d)", "", text), start)


def _code(match: re.Match[str]) -> Iterator[Value]:
    parts = re.split(r"[-/.]", match.group().lower())
    yield Value("code", "/".join(part.lstrip("0") or "0" for part in parts), match.start())


def _time(match: re.Match[str]) -> Iterator[Value]:
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    half = (match["half"] or "").lower()
    if hour < 25 and minute < 60:
        yield Value("time", (hour % 12 + 12 * (half == "pm") if half else hour) * 60 + minute, match.start())


def _ordinal(match: re.Match[str]) -> Iterator[Value]:
    yield Value("ordinal", int(match["number"]), match.start())


def _fraction(match: re.Match[str]) -> Iterator[Value]:
    below = {"half": 2, "halv": 2, "thir": 3, "quar": 4, "fift": 5, "tent": 10}[match["part"].lower()[:4]]
    yield Value("fraction", f"{int(match['over'] or 1)}/{below}", match.start())


def _plain_number(match: re.Match[str]) -> Iterator[Value]:
    try:
        number = _number(match["list"]) * _scale(match)
    except InvalidOperation:
        return
    yield Value("number", number.normalize(), match.start())


_READERS: list[tuple[re.Pattern[str], Callable[[re.Match[str]], Iterator[Value]]]] = [
    (re.compile(pattern, re.IGNORECASE), read)
    for pattern, read in (
        (r"\b(?P<year>\d{4})-(?P<number>\d{2})-(?P<day>\d{2})\b", _iso),
        (r"\b(?P<day>\d{1,2})(?P<by>[/.])(?P<number>\d{1,2})(?P=by)(?P<year>\d{4}|\d{2})\b", _slashed),
        (rf"\b{_DAYS}\s+(?:of\s+)?{_MONTH},?\s+(?P<year>\d{{4}})\b", _written),
        (rf"\b{_MONTH}\s+{_DAYS},?\s+(?P<year>\d{{4}})\b", _written),
        (rf"\b{_MONTH},?\s+(?:of\s+)?(?P<year>\d{{4}})\b", _written),
        (rf"\b{_DAYS}\s+(?:of\s+)?{_MONTH}", _written),
        (rf"\b{_MONTH}\s+{_DAYS}(?![\d,.]*\d)", _written),
        (r"\b(?P<first>(?:19|20)\d{2})\s*[-/]\s*(?P<second>(?:19|20)?\d{2})\b", _years),
        (rf"(?P<sign>[£$€])\s*(?P<list>(?:{_N})(?:\s*(?:-|to)\s*[£$€]?(?:{_N}))*){_SIZE}(?P<word>\b)", _money),
        (rf"(?P<sign>\bGBP)\s*{_LIST}{_SIZE}(?P<word>\b)", _money),
        (rf"{_LIST}{_SIZE}\s*(?P<sign>)(?P<word>pounds?|GBP|sterling|euros?|dollars?)\b", _money),
        (rf"{_LIST}\s*(?:percentage points?)", _with("points")),
        (rf"{_LIST}\s*(?:%|per ?cent\b)", _with("%")),
        (
            rf"{_LABEL}(?P<list>{_REFERENCE}(?:\s*(?:-|to|and|or|,(?:\s*(?:and|or))?)\s*{_REFERENCE})*)(?![\d/-])",
            _labelled,
        ),
        (r"\b(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))?\s?(?P<half>am|pm)\b", _time),
        (r"\b(?P<hour>\d{1,2}):(?P<minute>\d{2})(?P<half>\b)", _time),
        (
            r"\b(?:(?P<over>\d+)[ -])?(?P<part>half|halves|thirds?(?= of)|(?<=\d )thirds?|(?<=\d-)thirds?|(?<=a )quarter|"
            r"(?<=\d[ -])quarters?|fifths?(?= of)|tenths?(?= of))\b",
            _fraction,
        ),
        (rf"{_LIST}[\s-]{_UNIT}", _with_unit),
        (r"\b(?P<number>\d+)(?:st|nd|rd|th)\b", _ordinal),
        (r"\b(?=[\w/.-]*\d)(?=[\w/.-]*[A-Za-z/])\w+(?:[/.-]\w+)*", _code),
        (rf"(?P<list>(?<![\w.]){_N}){_SIZE}", _plain_number),
    )
]
