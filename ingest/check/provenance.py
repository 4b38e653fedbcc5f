"""The rule that no fact stands without saying where it comes from: a comment a section, which officers see as the kind of the source."""

import re
from collections.abc import Iterator
from itertools import zip_longest

from ingest.check.digest import Digest
from ingest.check.finding import Finding, Rule

_WHEN = r"(?:about )?(?:19|20)\d\d(?:-\d\d|(?:-| to )(?:19|20)\d\d)?|undated|year not (?:known|shown)"
_REPORTED = rf"\S[^;]*?, (?:{_WHEN})"
_FORM = re.compile(rf"provenance: (?:document|mixed|reported by {_REPORTED}(?:; {_REPORTED})*)")
_FORMS = "'document', 'mixed' or 'reported by NAME, YEAR' ('undated' where the year is not known)"


def check_provenance(digest: Digest) -> Iterator[Finding]:
    """Each section says once where its facts come from, before the first of them, and no text stands outside a section."""
    starts = [heading.line for heading in digest.headings if heading.level == 2]
    for start, end in zip_longest(starts, starts[1:]):
        yield from _check_section(digest, start, end)
    before = starts[0] if starts else None
    for unit in digest.units:
        if before is None or unit.line < before:
            message = "this text stands in no section. Put it under a '## ' heading."
            yield digest.finding(unit.line, Rule.PROVENANCE, message)
    for comment in digest.comments:
        if not _FORM.fullmatch(comment.text):
            message = f"'{comment.text}' is no provenance. Write 'provenance: ' and {_FORMS}, or remove the comment."
            yield digest.finding(comment.line, Rule.PROVENANCE, message)
        elif before is None or comment.line < before:
            yield digest.finding(
                comment.line, Rule.PROVENANCE, "it belongs to no section. Move it below a '## ' heading."
            )


def _check_section(digest: Digest, start: int, end: int | None) -> Iterator[Finding]:
    """One section: the lines from its heading to the next heading of its level."""

    def inside(line: int) -> bool:
        return line > start and (end is None or line < end)

    comments = [each for each in digest.comments if inside(each.line) and each.text.startswith("provenance")]
    if not comments:
        message = f"the section has no provenance. Add '<!-- provenance: ... -->' with {_FORMS}."
        yield digest.finding(start, Rule.PROVENANCE, message)
        return
    if any(inside(unit.line) and unit.line < comments[0].line for unit in digest.units):
        message = "facts stand before their provenance. Move it right below the heading."
        yield digest.finding(comments[0].line, Rule.PROVENANCE, message)
    for extra in comments[1:]:
        message = (
            "the section has its provenance already. Start a section for facts from elsewhere, or say 'mixed' once."
        )
        yield digest.finding(extra.line, Rule.PROVENANCE, message)
