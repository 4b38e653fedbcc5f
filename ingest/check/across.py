"""Rules that hold between digests: no two say the same in the same words, and none copies what others wrote."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import unescape
from pathlib import Path

from assistant.types import Source
from ingest.check.digest import Digest, Line
from ingest.check.finding import Finding, Rule

COPIED_WORDS = 8
_WORD = re.compile(r"\d+(?:[.,]\d+)*[^\W_]*|[^\W\d_][^\W_]*(?:['’][^\W_]+)?")
_NOT_TEXT = re.compile(
    r"<!--.*?-->|<(script|style)\b.*?</\1>|<[^<>]*>|\{[%{#].*?[%}#]\}|\]\([^()\s]*\)", re.DOTALL | re.IGNORECASE
)
_JOINING = frozenset("a an and at by for from in of on or the to with".split())
_Run = tuple[str, ...]


def check_repeated(digests: Sequence[Digest]) -> Iterator[Finding]:
    """No sentence and no title stands twice: an answer would show it twice, from two sources."""
    seen: dict[str, str] = {}
    for digest in digests:
        titles = [Line(heading.text, heading.line) for heading in digest.headings if heading.level == 1]
        for text, line in [*titles, *(Line(unit.text, unit.line) for unit in digest.sentences)]:
            key = " ".join(text.casefold().split())
            if key in seen:
                message = (
                    f"'{text}' stands in {seen[key]}, too. Keep it there, or say here what differs for this source."
                )
                yield digest.finding(line, Rule.REPEATED, message)
            else:
                seen[key] = f"{digest.path}:{line}"


class Copying:
    """Finds runs of words that stand in texts of others.

    A run of `COPIED_WORDS` words counts, whatever its case, punctuation and markup, unless it is only a name: all of it stands in the title
    of a source in the manifest, or all its words are figures, capitalised, or join those ("the Public Contracts Regulations 2015 and
    ..."). A name has no own words.
    """

    def __init__(self, texts: Mapping[str, str], sources: Iterable[Source]) -> None:
        self._places: dict[_Run, str] = {}
        for name, text in texts.items():
            for run in _runs(_words(text)):
                self._places.setdefault(_key(run), name)
        self._titles = {_key(run) for source in sources for run in _runs(_words(source.title))}

    def check(self, digest: Digest) -> Iterator[Finding]:
        """The runs of one digest, each told once at its full length."""
        headings = [Line(heading.text, heading.line) for heading in digest.headings if heading.level > 1]
        for text, line in [*headings, *(Line(unit.text, unit.line) for unit in digest.units)]:
            for copied, name in self._copied(_words(text)):
                message = f"{name} has the same words: '{' '.join(copied)}'. Say it in your own."
                yield digest.finding(line, Rule.COPIED, message)

    def _copied(self, words: list[str]) -> Iterator[tuple[list[str], str]]:
        start, end, name = 0, 0, ""
        for place, run in enumerate(_runs(words)):
            found = self._places.get(_key(run))
            if found is None or _key(run) in self._titles or _is_name(run):
                continue
            if end and place > end - COPIED_WORDS + 1:
                yield words[start:end], name
                end = 0
            if not end:
                start, name = place, found
            end = place + COPIED_WORDS
        if end:
            yield words[start:end], name


def read_texts(folder: Path) -> dict[str, str]:
    """The texts of a folder by file name, without their markup. Files that are no text are left out."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and b"\0" not in (content := path.read_bytes())[:4096]:
            found[path.relative_to(folder).as_posix()] = unescape(
                _NOT_TEXT.sub(" ", content.decode("utf-8", "replace"))
            )
    return found


def _words(text: str) -> list[str]:
    return [word.replace("’", "'") for word in _WORD.findall(text)]


def _runs(words: Sequence[str]) -> Iterator[_Run]:
    for start in range(len(words) - COPIED_WORDS + 1):
        yield tuple(words[start : start + COPIED_WORDS])


def _key(run: _Run) -> _Run:
    return tuple(word.casefold() for word in run)


def _is_name(run: _Run) -> bool:
    return all(word[0].isupper() or word[0].isdigit() or word.casefold() in _JOINING for word in run)
