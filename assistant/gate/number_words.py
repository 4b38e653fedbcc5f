"""Number words as digits, so that “thirty per cent” and “30 %” are read alike."""

import re

_ONES = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * number for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 1
    )
}
_SMALL = "|".join([*_TENS, *_ONES])
_SCALE = "|".join(_SCALES)
_NUMBER = re.compile(
    rf"\b(?:(?:a|an)(?=[ -](?:{_SCALE}|dozen)\b)|{_SMALL})(?:[ -](?:and[ -])?(?:{_SMALL}|{_SCALE})\b)*(?: dozen)?(?![\w-]*\w*one)\b",
    re.IGNORECASE,
)
# "one" that counts nothing: "one of", "no one", "one another", "this one".
_PRONOUN = re.compile(
    r"\b(?:no|any|every|each|some|which|this|that|the|another) one\b(?! [a-z]+ (?:day|stage|year))|\bone (?:of|another|or more)\b|"
    r"\bone'?s\b",
    re.IGNORECASE,
)
_ORDINAL = re.compile(rf"\b(?:{'|'.join(_ORDINALS)})\b(?! (?:of all))", re.IGNORECASE)
_PARTS = re.compile(r"\b(?:a|one) (half|third|quarter|fifth|tenth)\b", re.IGNORECASE)


def in_digits(text: str) -> str:
    """The text with its number words in digits: “twenty-five” becomes 25, “first” 1st, “a third of” 1 third of."""
    hidden = _PRONOUN.sub(lambda match: match.group().replace("ne", "n\0e").replace("NE", "N\0E"), text)
    parts = _PARTS.sub(lambda match: f"1 {match.group(1).lower()}", hidden)
    ordinals = _ORDINAL.sub(_ordinal, parts)
    return _NUMBER.sub(lambda match: _digits(match.group()), ordinals).replace("\0", "")


def _ordinal(match: re.Match[str]) -> str:
    before = match.string[max(0, match.start() - 12) : match.start()].lower()
    # Parts of a whole ("two thirds", "1 third") are read as fractions.
    if re.search(rf"(?:\d|{'|'.join(_ONES)})[ -]$", before):
        return match.group()
    number = _ORDINALS[match.group().lower()]
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number, 'th') }"


def _digits(words: str) -> str:
    total, current = 0, 0
    for word in re.split("[ -]", words.lower()):
        if word in _ONES or word in _TENS:
            current += _ONES.get(word, 0) + _TENS.get(word, 0)
        elif word in {"a", "an"}:
            current += 1
        elif word == "dozen":
            current = max(1, current) * 12
        elif word == "hundred":
            current = max(1, current) * 100
        elif word in _SCALES:
            total, current = total + max(1, current) * _SCALES[word], 0
    return str(total + current)
