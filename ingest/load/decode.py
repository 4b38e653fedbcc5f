"""Bytes of a text file to text, with a word of warning where the encoding had to be guessed."""

import codecs
from typing import NamedTuple

from assistant.errors import LoadError

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FALLBACK = "cp1252"
_MOST_CONTROL_CHARACTERS = 0.002


class Decoded(NamedTuple):
    r"""A file's text with line ends as `\\n`, and what an author should know about how it was read."""

    text: str
    warnings: tuple[str, ...]


def decode(name: str, data: bytes, declared: str | None = None) -> Decoded:
    """Decodes by byte order mark, else as UTF-8, else as the encoding that the file declares, else as Windows-1252.

    Raises:
        LoadError: the bytes are not text.
    """
    text, warnings = _decode(name, data, declared)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    control = sum(1 for character in text if character < " " and character not in "\n\t\f\v")
    if "\0" in text or control > _MOST_CONTROL_CHARACTERS * len(text) + 2:
        raise LoadError(f"{name}: this is not text, whatever its name says. Save it again as UTF-8 text, HTML or PDF.")
    return Decoded(text, warnings)


def _decode(name: str, data: bytes, declared: str | None) -> tuple[str, tuple[str, ...]]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), ()
            except UnicodeDecodeError as error:
                raise LoadError(f"{name}: the text breaks off or is damaged. Save it again as UTF-8.") from error
    for encoding in filter(None, ("utf-8", declared)):
        try:
            return data.decode(encoding), ()
        except (UnicodeDecodeError, LookupError):
            continue
    warning = f"{name}: not UTF-8, so read as Windows-1252. Check pound signs and quotation marks, or save it as UTF-8."
    return data.decode(_FALLBACK, errors="replace"), (warning,)
