"""Labels are anchored to text: whether a text holds an anchor, and where a stale one has gone."""

import re
from collections.abc import Iterable

from rapidfuzz import fuzz, process, utils

Anchor = str | tuple[str, ...]
_PLAIN = str.maketrans("‘’“”‑–—", "''\"\"---")
_FAR_OFF = 60.0


def holds(text: str, anchor: Anchor) -> bool:
    """Whether folded text holds an anchor, or one of several."""
    return any(folded(each) in text for each in alternatives(anchor))


def alternatives(anchor: Anchor) -> tuple[str, ...]:
    """The texts of which one will do."""
    return (anchor,) if isinstance(anchor, str) else anchor


def folded(text: str) -> str:
    """Lower case, typographic quotes and dashes plain, white space folded."""
    return re.sub(r"\s+", " ", text.casefold().translate(_PLAIN)).strip()


def nearest(anchor: str, sentences: Iterable[str]) -> str | None:
    """The sentence that comes nearest to an anchor which no longer stands anywhere; None where none comes near."""
    found = process.extractOne(
        anchor, list(sentences), scorer=fuzz.partial_ratio, processor=utils.default_process, score_cutoff=_FAR_OFF
    )
    return found[0] if found else None
