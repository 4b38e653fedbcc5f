"""Checks the files of the corpus that are lists, with the readers that a build uses, and that the manifest says all that is needed."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from assistant.errors import ManifestError
from assistant.types import LegalRegime, Source, SourceStatus
from ingest.check.finding import Finding, Rule
from ingest.conflicts import CONFLICTS, read_conflicts
from ingest.manifest import MANIFEST, SourceRow, digest_path, read_manifest, read_rows
from ingest.terms import TERMS, read_terms

# As ingest.manifest and ingest.terms list the problems of a file, a line each.
_PROBLEM = re.compile(r"^  - (?:source|term|conflict) (.+?): (.+)$", re.MULTILINE)
_NUMBER = re.compile(r"number (\d+)")


def read_lists(corpus: Path) -> tuple[list[Source], list[Finding]]:
    """The sources of the manifest, and what is wrong with it, with the terms and with the conflicts.

    Where the manifest is refused there are no sources, and terms and conflicts, which refer to it, are not looked at.
    """
    path = corpus / MANIFEST
    sources: list[Source] = []
    findings = list(_refused(path, lambda: sources.extend(read_manifest(corpus))))
    if sources:
        findings.extend(_incomplete(path, corpus, sources))
        findings.extend(_refused(corpus / TERMS, lambda: read_terms(corpus, sources)))
        findings.extend(_refused(corpus / CONFLICTS, lambda: read_conflicts(corpus, sources)))
    return sources, findings


def _refused(path: Path, read: Callable[[], object]) -> Iterator[Finding]:
    """What a build would say on reading the file, problem by problem."""
    try:
        read()
    except ManifestError as error:
        problems = _PROBLEM.findall(str(error)) or [("", str(error))]
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
        for name, message in problems:
            yield _finding(path, _row_line(lines, name), f"{name}: {message}" if name else message)


def _incomplete(path: Path, corpus: Path, sources: Sequence[Source]) -> Iterator[Finding]:
    """What a row leaves open that officers are told, or that authors need to keep it right."""
    lines = path.read_text(encoding="utf-8").splitlines()
    written = {row["id"]: row for row in read_rows(path)}
    for source in sources:
        missing = [field for field in SourceRow.model_fields if field not in written[source.id]]
        problems = [f"the field '{field}' is missing. Add it, with null where nothing is known." for field in missing]
        if source.review_by is None:
            problems.append("review_by is null. Say by when somebody must look at the source again.")
        dated = source.status is not SourceStatus.CURRENT or source.legal_regime is LegalRegime.PCR_2015
        if dated and not source.superseded_note:
            problems.append(
                "superseded_note is null. Tell officers in one sentence what replaced it, and what is still of use."
            )
        if not (source.url or source.alternates or source.published_note):
            problems.append(
                "it has neither url nor alternates. Say where officers can read it, or in published_note who reports on it."
            )
        if source.status is not SourceStatus.WITHDRAWN and not (digest := digest_path(corpus, source)).is_file():
            problems.append(f"its digest {digest} is missing. Write it, or take the row out.")
        yield from (_finding(path, _row_line(lines, source.id), f"{source.id}: {problem}") for problem in problems)


def _row_line(lines: Sequence[str], name: str) -> int:
    """The line on which the row of a name begins; the n-th row for "number n"; 1 where there is none."""
    starts = [number for number, line in enumerate(lines, 1) if line.startswith("- ")]
    if (match := _NUMBER.fullmatch(name)) and int(match[1]) <= len(starts):
        return starts[int(match[1]) - 1]
    wanted = re.compile(rf"- (?:id|term): (['\"]?){re.escape(name)}\1\s*")
    return next((number for number in starts if wanted.fullmatch(lines[number - 1])), 1)


def _finding(path: Path, line: int, message: str) -> Finding:
    return Finding(file=path, line=line, rule=Rule.MANIFEST, message=message)
