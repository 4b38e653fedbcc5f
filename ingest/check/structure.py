"""Rules on a digest's front matter, headings and markup."""

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
    a about above additional an and appendix are background basics brief briefing check conclusion conclusions contents context
    description detail details digest document extra faq faqs for further general guidance guide how in information intro
    introduction introductory is it key main matters misc miscellaneous more note notes of on other others overview page part
    points preamble preface purpose questions references remarks report resources say says scope section sections source sources
    summaries summary that the these this those to topic topics untitled what why
    """.split()
)


def check_front_matter(digest: Digest, corpus: Path, sources: Mapping[str, Source]) -> Iterator[Finding]:
    """The front matter names the source, which is in the manifest, and the day on which the digest was written."""
    name = digest.path.stem
    problem = None
    if digest.fields.get("source") != name:
        problem = f"it must say 'source: {name}', like the name of the file. Correct the one or the other."
    elif sources and name not in sources:
        problem = f"no row of the manifest has the id {name}. Add one to sources.yaml, or delete the digest."
    elif sources and digest.path != (expected := digest_path(corpus, sources[name])):
        problem = f"it stands in the wrong folder. Move it to {expected}, the folder of its publisher."
    if problem:
        yield digest.finding(digest.field_line("source"), Rule.FRONT_MATTER, problem)
    written = digest.fields.get("written")
    if not isinstance(written, date) or isinstance(written, datetime):
        message = "the day on which it was written is missing. Add 'written: YYYY-MM-DD'."
        yield digest.finding(digest.field_line("written"), Rule.FRONT_MATTER, message)
    for unknown in sorted(str(field) for field in digest.fields if field not in _FIELDS):
        message = f"unknown field '{unknown}'. What is known of a source stands in sources.yaml; remove it here."
        yield digest.finding(digest.field_line(unknown), Rule.FRONT_MATTER, message)


def check_title(digest: Digest, sources: Mapping[str, Source]) -> Iterator[Finding]:
    """One first-level heading: the title that the manifest gives the source."""
    titles = [heading for heading in digest.headings if heading.level == 1]
    if not titles:
        yield digest.finding(1, Rule.TITLE, "it has no title. Add a line '# ' with the title of the source.")
        return
    for extra in titles[1:]:
        message = "this is a second title. Write one line with '# ', the others with '## '."
        yield digest.finding(extra.line, Rule.TITLE, message)
    source = sources.get(digest.path.stem)
    if source and titles[0].text != source.title:
        message = f"the manifest has the title '{source.title}'. Write the same here."
        yield digest.finding(titles[0].line, Rule.TITLE, message)


def check_headings(digest: Digest) -> Iterator[Finding]:
    """Enough sections, each under a heading that differs from all others and says what it is about."""
    sections = [heading for heading in digest.headings if heading.level > 1]
    if sum(heading.level == 2 for heading in sections) < _FEWEST_SECTIONS:
        message = f"it has fewer than {_FEWEST_SECTIONS} sections. Give each matter a '## ' heading of its own."
        yield digest.finding(1, Rule.SECTIONS, message)
    seen: dict[str, Heading] = {}
    for heading in digest.headings:
        first = seen.setdefault(heading.text.casefold(), heading)
        if first is not heading:
            message = f"the heading '{heading.text}' stands in line {first.line}, too. Say what is different here."
            yield digest.finding(heading.line, Rule.HEADING, message)
    for heading in sections:
        if _GENERIC.issuperset(re.findall(r"[^\W\d]+", heading.text.casefold())):
            message = (
                f"nobody searches for '{heading.text}'. Say what the section is about, in words that officers use."
            )
            yield digest.finding(heading.line, Rule.HEADING, message)


def check_markup(digest: Digest) -> Iterator[Finding]:
    """Plain Markdown: what is not text would be lost, or quoted as marks."""
    for what, line in digest.markup:
        message = f"this holds {what}. Write headings, sentences, lists and tables only."
        yield digest.finding(line, Rule.MARKUP, message)
