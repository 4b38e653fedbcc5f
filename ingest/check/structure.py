"""Rules on a digest's front matter, headings, provenance and markup."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path

from assistant.types import Source
from ingest.check.digest import Digest, Heading
from ingest.check.finding import Finding, Rule
from ingest.manifest import digest_path

_FIELDS = ("source", "written")
_FEWEST_SECTIONS = 2
# A heading made of nothing but these says nothing that an officer would search for.
_GENERIC = frozenset(
    """
    a about above additional an and appendix are background basics brief briefing check conclusion conclusions contents context description
    detail details digest document extra faq faqs for further general guidance guide how in information intro introduction introductory is it key
    main matters misc miscellaneous more note notes of on other others overview page part points preamble preface purpose questions
    references remarks report resources scope say says section sections source sources summaries summary that the these this those to topic topics
    untitled what why
    """.split()
)
_WHEN = r"(?:about )?(?:19|20)\d\d(?:-\d\d|(?:-| to )(?:19|20)\d\d)?|undated|year not (?:known|shown)"
_PROVENANCE = re.compile(
    rf"provenance: (?:document|mixed|reported by \S[^;]*?, (?:{_WHEN})(?:; \S[^;]*?, (?:{_WHEN}))*)"
)
_FORMS = "'document', 'mixed' or 'reported by NAME, YEAR' ('undated' where the year is not known)"


def check_front_matter(digest: Digest, corpus: Path, sources: Mapping[str, Source]) -> Iterator[Finding]:
    """The front matter names the source, which is in the manifest, and the day on which the digest was written."""

    def finding(field: str, message: str) -> Finding:
        return Finding(file=digest.path, line=digest.field_line(field), rule=Rule.FRONT_MATTER, message=message)

    name = digest.path.stem
    if digest.fields.get("source") != name:
        yield finding(
            "source", f"it must say 'source: {name}', like the name of the file. Correct the one or the other."
        )
    elif sources and name not in sources:
        yield finding(
            "source", f"no row of the manifest has the id {name}. Add one to sources.yaml, or delete the digest."
        )
    elif sources and digest.path != (expected := digest_path(corpus, sources[name])):
        yield finding("source", f"it stands in the wrong folder. Move it to {expected}, the folder of its publisher.")
    written = digest.fields.get("written")
    if not isinstance(written, date) or isinstance(written, datetime):
        yield finding("written", "the day on which it was written is missing. Add 'written: YYYY-MM-DD'.")
    for unknown in sorted(str(field) for field in digest.fields if field not in _FIELDS):
        yield finding(
            unknown, f"unknown field '{unknown}'. What is known of a source stands in sources.yaml; remove it here."
        )


def check_title(digest: Digest, sources: Mapping[str, Source]) -> Iterator[Finding]:
    """One first-level heading: the title that the manifest gives the source."""
    titles = [heading for heading in digest.headings if heading.level == 1]
    for extra in titles[1:]:
        yield _finding(
            digest, extra.line, Rule.TITLE, "this is a second title. Write one line with '# ', the others with '## '."
        )
    if not titles:
        yield _finding(digest, 1, Rule.TITLE, "it has no title. Add a line '# ' with the title of the source.")
        return
    source = sources.get(digest.path.stem)
    if source and titles[0].text != source.title:
        yield _finding(
            digest, titles[0].line, Rule.TITLE, f"the manifest has the title '{source.title}'. Write the same here."
        )


def check_headings(digest: Digest) -> Iterator[Finding]:
    """Enough sections, each under a heading that differs from all others and says what it is about."""
    sections = [heading for heading in digest.headings if heading.level > 1]
    if sum(heading.level == 2 for heading in sections) < _FEWEST_SECTIONS:
        message = f"it has fewer than {_FEWEST_SECTIONS} sections. Give each matter a '## ' heading of its own."
        yield _finding(digest, 1, Rule.SECTIONS, message)
    seen: dict[str, Heading] = {}
    for heading in digest.headings:
        first = seen.setdefault(heading.text.casefold(), heading)
        if first is not heading:
            message = f"the heading '{heading.text}' stands in line {first.line}, too. Say what is different here."
            yield _finding(digest, heading.line, Rule.HEADING, message)
    for heading in sections:
        if _GENERIC.issuperset(re.findall(r"[^\W\d]+", heading.text.casefold())):
            message = (
                f"nobody searches for '{heading.text}'. Say what the section is about, in the words that officers use."
            )
            yield _finding(digest, heading.line, Rule.HEADING, message)


def check_provenance(digest: Digest) -> Iterator[Finding]:
    """Each section says once where its facts come from, before the first of them."""
    starts = [heading.line for heading in digest.headings if heading.level == 2]
    ends = [*starts[1:], None]
    marked = [comment for comment in digest.comments if comment.text.startswith("provenance")]
    for start, end in zip(starts, ends, strict=True):
        found = [each for each in marked if each.line > start and (end is None or each.line < end)]
        texts = [unit.line for unit in digest.units if unit.line > start and (end is None or unit.line < end)]
        if not found:
            yield _finding(
                digest,
                start,
                Rule.PROVENANCE,
                f"the section has no provenance. Add '<!-- provenance: ... -->' with {_FORMS}.",
            )
            continue
        for extra in found[1:]:
            message = (
                "the section has provenance already. Start a new section for facts from elsewhere, or say 'mixed' once."
            )
            yield _finding(digest, extra.line, Rule.PROVENANCE, message)
        if texts and texts[0] < found[0].line:
            yield _finding(
                digest, found[0].line, Rule.PROVENANCE, "facts stand before it. Move it right below the heading."
            )
    for comment in digest.comments:
        if not _PROVENANCE.fullmatch(comment.text):
            message = f"'{comment.text}' is no provenance. Write 'provenance: ' and {_FORMS}, or remove the comment."
            yield _finding(digest, comment.line, Rule.PROVENANCE, message)
        elif not starts or comment.line < starts[0]:
            yield _finding(
                digest, comment.line, Rule.PROVENANCE, "it belongs to no section. Move it below a '## ' heading."
            )
    first = starts[0] if starts else None
    for unit in digest.units:
        if first is None or unit.line < first:
            yield _finding(
                digest, unit.line, Rule.PROVENANCE, "this text stands in no section. Put it under a '## ' heading."
            )


def check_markup(digest: Digest) -> Iterator[Finding]:
    """Plain Markdown: what is not text would be lost, or quoted as marks."""
    for what, line in digest.markup:
        yield _finding(
            digest, line, Rule.MARKUP, f"this holds {what}. Write headings, sentences, lists and tables only."
        )


def _finding(digest: Digest, line: int, rule: Rule, message: str) -> Finding:
    return Finding(file=digest.path, line=line, rule=rule, message=message)
