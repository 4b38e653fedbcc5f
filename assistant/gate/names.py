"""The named things in a text: bodies, acts, people, programmes and kinds of notice. What is named must stand in what is cited."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

_WORD = re.compile(r"[^\W_]+(?:[-’'.&][^\W_]+)*")
# Small words that stand inside names: "Department for Education".
_INSIDE = {"of", "for", "and", "the", "in", "on", "&"}
# Words that are written with a capital and name nothing.
_PLAIN = {
    "i",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
}
_PLAIN |= {"december", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
# What kind of thing is decided by the word before: a tender notice is not a transparency notice.
_KINDS = re.compile(r"\b(?P<before>[^\W\d_]+(?:-[^\W\d_]+)*)[ -](?P<head>notice|procedure)s?\b", re.IGNORECASE)
_NO_KIND = set(
    """a an the no any each every this that these those its their our your his her such one another first second which what same new
    old separate further early earlier later public and or of in for with by to on as not only all both other into from under
    without publish publishes published send sends issue issues also own must may should simple whole single two three five""".split()
)
# Words that begin sentences of answers and are no names, whatever the corpus holds.
_OPENERS = set(
    """a about according after all also although an and any are as at because before below between both but by can councils council
    local authorities authority buyers buyer suppliers supplier contracts contract do does during each either every for from
    guidance had has have he here how however if in instead is it its many may more most must need no not nothing of officers on
    once one only or other our public she should since so some such than that the their them there these they this those to
    under unless until use we what when where whether which while who why will with within without you your firms
    organisations contracting published reported yes""".split()
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name: its words in small letters, as they follow one another, and where it stands."""

    words: tuple[str, ...]
    start: int


def names(text: str, known: Collection[str] = frozenset()) -> list[Name]:
    """Runs of words written with a capital, mixed case included ("techUK").

    The first word of a sentence counts where a name goes on after it, or where it is one of `known`: words that the corpus writes
    with a capital wherever they stand, and names of two or three words in `words_of` form.
    """
    words = list(_WORD.finditer(text))
    found: list[Name] = []
    place = 0
    while place < len(words):
        if not _capital(words[place].group()):
            place += 1
            continue
        end = _run(words, place, text)
        first = place
        run: Sequence[re.Match[str]] = words[place:end]
        if width := _known_phrase(words, place, known):
            end = max(end, place + width)
            run = words[place:end]
        elif _begins_sentence(text, run[0].start()) and not _is_name(run, known):
            first, run = place + 1, _trimmed(run[1:])
        if run:
            found.append(Name(tuple(_folded(each.group()) for each in run), run[0].start()))
        place = max(end, first)
    return found


def kinds(text: str) -> list[Name]:
    """The kinds of notice and procedure that a text names, as (word before, "notice")."""
    return [
        Name((_folded(match["before"]), match["head"].lower()), match.start())
        for match in _KINDS.finditer(text)
        if match["before"].lower() not in _NO_KIND and not match["before"].lower().endswith("ly")
    ]


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text as names are compared with them."""
    return tuple(_folded(match.group()) for match in _WORD.finditer(text))


def stands_in(name: Name, texts: Iterable[Sequence[str]]) -> bool:
    """Whether a name's words follow one another in one of the texts, each given as `words_of`."""
    width = len(name.words)
    for words in texts:
        if any(tuple(words[place : place + width]) == name.words for place in range(len(words) - width + 1)):
            return True
        # "contract details notices and payments compliance notices": the parts of one name may be shared out.
        if width > 2 and _shared_out(name.words, words):
            return True
    return False


def _shared_out(name: Sequence[str], words: Sequence[str]) -> bool:
    pairs = set(pairwise(words))
    inner = [word for word in name if word not in _INSIDE]
    return all(pair in pairs for pair in pairwise(inner))


def _capital(word: str) -> bool:
    return any(letter.isupper() for letter in word) and word.lower() not in _PLAIN


def _run(words: Sequence[re.Match[str]], place: int, text: str) -> int:
    """Where the run of capitals that begins at `place` ends; a number that follows belongs to it no more."""
    end = place + 1
    while end < len(words):
        if not re.fullmatch(r"[ \u00a0]|\s?&\s?", text[words[end - 1].end() : words[end].start()]):
            break
        if _capital(words[end].group()):
            end += 1
        elif (
            words[end].group() in _INSIDE
            and end + 1 < len(words)
            and _capital(words[end + 1].group())
            and words[end].group() != "and"
        ):
            end += 2
        else:
            break
    return end


def _begins_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" “‘\"'([-•*")
    return not before or before[-1] in ".!?:\n;"


def _is_name(run: Sequence[re.Match[str]], known: Collection[str]) -> bool:
    first = run[0].group()
    folded = _folded(first)
    if sum(letter.isupper() for letter in first) > 1 or not first[0].isupper():
        return True
    if folded in known:
        return True
    return len(run) > 1 and folded not in _OPENERS


def _known_phrase(words: Sequence[re.Match[str]], place: int, known: Collection[str]) -> int:
    """How many words of a known name, such as that of a publisher, begin here."""
    for width in (3, 2):
        if " ".join(_folded(each.group()) for each in words[place : place + width]) in known:
            return width
    return 0


def _trimmed(run: Sequence[re.Match[str]]) -> Sequence[re.Match[str]]:
    while run and run[0].group().lower() in _INSIDE:
        run = run[1:]
    return run


def _folded(word: str) -> str:
    folded = re.sub(r"[’']s?$", "", word.casefold())
    if re.fullmatch(r"(?:[^\W\d_]\.)+[^\W\d_]", folded):
        folded = folded.replace(".", "")
    # Plurals: "SMEs" and "SME", "notices" and "notice".
    return (
        folded[:-1] if len(folded) > 3 and folded.endswith("s") and not folded.endswith(("ss", "us", "is")) else folded
    )


def capitalised(texts: Iterable[str]) -> frozenset[str]:
    """Words that a corpus writes with a capital inside its sentences, and never without one: names even where a sentence begins."""
    inside: set[str] = set()
    small: set[str] = set()
    for text in texts:
        for match in _WORD.finditer(text):
            word = match.group()
            if word[0].islower():
                small.add(_folded(word))
            elif _capital(word) and not _begins_sentence(text, match.start()):
                inside.add(_folded(word))
    return frozenset(inside - small - _PLAIN)
