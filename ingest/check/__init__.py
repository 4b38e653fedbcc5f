"""Checks the corpus by the house rules for guidance that is quoted sentence by sentence. Writes nothing and needs no build."""

from pathlib import Path

from assistant.errors import LoadError
from ingest.check.across import Copying, check_repeated, read_texts
from ingest.check.digest import Digest, read_digest
from ingest.check.finding import Finding, Rule
from ingest.check.lists import read_lists
from ingest.check.prose import check_lengths, check_reading_age, check_subjects
from ingest.check.provenance import check_provenance
from ingest.check.structure import check_front_matter, check_headings, check_markup, check_title

__all__ = ["Finding", "Rule", "check"]


def check(corpus: Path, samples: Path | None) -> list[Finding]:
    """Every fault of the corpus, by file and line; none means that it may be built.

    `samples` is a folder with texts of others, which digests must not copy from; None, or a folder that is not there, leaves that rule out.
    """
    sources, findings = read_lists(corpus)
    by_id = {source.id: source for source in sources}
    digests: list[Digest] = []
    for path in sorted((corpus / "digests").rglob("*.md")):
        try:
            digests.append(read_digest(path))
        except LoadError as error:
            findings.append(Finding(file=path, line=1, rule=Rule.READABLE, message=str(error)))
    for digest in digests:
        findings.extend(check_front_matter(digest, corpus, by_id))
        findings.extend(check_title(digest, by_id))
        for rule in (check_headings, check_provenance, check_markup, check_subjects, check_lengths, check_reading_age):
            findings.extend(rule(digest))
    findings.extend(check_repeated(digests))
    if samples is not None and samples.is_dir():
        copying = Copying(read_texts(samples), sources)
        for digest in digests:
            findings.extend(copying.check(digest))
    return sorted(findings)
