"""What is wrong with a digest, by the place and the rule that the check gives for it."""

import re
from pathlib import Path

import pytest
import yaml

from ingest.check import Finding, Rule, check
from ingest.check.prose import reading_grade

ROW = {
    "id": "lga-one",
    "ref": None,
    "publisher": "LGA",
    "title": "Buying planning software",
    "url": "https://www.local.gov.uk/one",
    "alternates": [],
    "published": "2025",
    "published_note": None,
    "status": "current",
    "superseded_by": [],
    "superseded_note": None,
    "legal_regime": "independent",
    "nations": ["england"],
    "valid_from": None,
    "valid_to": None,
    "review_by": "2027-05-31",
    "licence": "not shown",
    "format": "html",
    "content": "digest",
}
ONE = """---
source: lga-one
written: 2026-11-22
---
# Buying planning software

## Exit from planning software
<!-- provenance: document -->
LGA's 2025 guide tells councils to plan for exit from planning software. A council should keep its own copy of the data.

The LGA lists three parts of an exit plan for planning software:

- break points
- knowledge transfer
- returning data

## Prices of planning software in 2025
<!-- provenance: reported by UKAuthority, 2025 -->
Yearly prices of planning software run from £1.5m to £2.5m, UKAuthority reports.

| Size of council | Price |
|---|---|
| Small | £1.5m |
| Large | £2.5m |
"""
TWO = (
    ONE.replace("lga-one", "lga-two")
    .replace("planning software", "housing software")
    .replace("own copy of the data", "own keys")
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "corpus", {"lga-one": ONE, "lga-two": TWO})


def write_corpus(folder: Path, digests: dict[str, str]) -> Path:
    rows = [ROW, ROW | {"id": "lga-two", "title": "Buying housing software"}]
    (folder / "digests" / "lga").mkdir(parents=True)
    (folder / "sources.yaml").write_text(yaml.safe_dump(rows, sort_keys=False), encoding="utf-8")
    for name in ("terms.yaml", "conflicts.yaml"):
        (folder / name).write_text("[]\n", encoding="utf-8")
    for id_, text in digests.items():
        (folder / "digests" / "lga" / f"{id_}.md").write_text(text, encoding="utf-8")
    return folder


def findings(corpus: Path, old: str, new: str) -> list[Finding]:
    """What is found once one place of the first digest has changed."""
    path = corpus / "digests" / "lga" / "lga-one.md"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    found = check(corpus, None)
    assert all(finding.file == path for finding in found)
    return found


def test_a_corpus_that_keeps_the_rules_has_no_finding(corpus: Path) -> None:
    assert check(corpus, None) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "rule"),
    [
        ("source: lga-one", "source: lga-other", 2, Rule.FRONT_MATTER),
        ("written: 2026-11-22\n", "", 1, Rule.FRONT_MATTER),
        ("written: 2026-11-22", "written: last week", 3, Rule.FRONT_MATTER),
        ("written: 2026-11-22", "written: 2026-11-22\nauthor: me", 4, Rule.FRONT_MATTER),
        ("# Buying planning software\n", "", 1, Rule.TITLE),
        ("# Buying planning software\n", "# Buying planning systems\n", 5, Rule.TITLE),
        ("Large | £2.5m |\n", "Large | £2.5m |\n\n# One more title\n", 26, Rule.TITLE),
        ("## Exit from planning software", "## Overview", 7, Rule.HEADING),
        ("## Exit from planning software", "## 1. Introduction to the guide", 7, Rule.HEADING),
        ("## Exit from planning software", "## What this guidance says", 7, Rule.HEADING),
        ("## Exit from planning software", "## Prices of planning software in 2025", 17, Rule.HEADING),
        ("## Exit from planning software", "## Buying planning software", 7, Rule.HEADING),
        ("## Prices of planning software in 2025\n", "### Prices of planning software in 2025\n", 1, Rule.SECTIONS),
        ("<!-- provenance: document -->\n", "", 7, Rule.PROVENANCE),
        ("<!-- provenance: document -->\n", "<!-- provenance: hearsay -->\n", 8, Rule.PROVENANCE),
        ("<!-- provenance: document -->\n", "<!-- provenance: reported by UKAuthority -->\n", 8, Rule.PROVENANCE),
        ("<!-- provenance: document -->\n", "<!-- provenance: reported by , 2020 -->\n", 8, Rule.PROVENANCE),
        ("<!-- provenance: document -->\n", "<!-- provenance: document -->\n<!-- provenance: mixed -->\n", 9, Rule.PROVENANCE),
        ("<!-- provenance: document -->\nLGA's", "LGA sells nothing.\n<!-- provenance: document -->\nLGA's", 9, Rule.PROVENANCE),
        ("- returning data\n", "- returning data\n\n<!-- to do -->\n", 17, Rule.PROVENANCE),
        ("# Buying planning software\n", "# Buying planning software\n\nLGA sells nothing.\n", 7, Rule.PROVENANCE),
        ("A council should", "A [council](https://a.example) should", 9, Rule.MARKUP),
        ("A council should", "A council (www.a.example) should", 9, Rule.MARKUP),
        ("A council should", "A <b>council</b> should", 9, Rule.MARKUP),
        ("A council should", "A **council** should", 9, Rule.MARKUP),
        ("- returning data\n", "- returning data\n\n<div>\n", 17, Rule.MARKUP),
        ("A council should", "It should", 9, Rule.SUBJECT),
        ("A council should", "This guidance says a council should", 9, Rule.SUBJECT),
        ("A council should", "“They should", 9, Rule.SUBJECT),
        ("A council should", "There is a rule that a council should", 9, Rule.SUBJECT),
        ("A council should", "The guide says a council should", 9, Rule.SUBJECT),
        ("A council should", "The report's authors say a council should", 9, Rule.SUBJECT),
        ("- knowledge transfer", "- their knowledge", 14, Rule.SUBJECT),
        ("A council should keep", "A council should " + "and should " * 16 + "keep", 9, Rule.LENGTH),
        ("- knowledge transfer", "- knowledge " + "and knowledge " * 20, 14, Rule.LENGTH),
        ("A council should keep its own copy of the data.", "A council should keep its own keys.", 0, Rule.REPEATED),
    ],
)  # fmt: skip
def test_each_fault_is_found_where_it_is(corpus: Path, old: str, new: str, line: int, rule: Rule) -> None:
    if rule is Rule.REPEATED:
        # The first digest in the order of names has it; the fault is the second's.
        (corpus / "digests" / "lga" / "lga-one.md").write_text(ONE.replace(old, new), encoding="utf-8")
        [found] = check(corpus, None)
        assert (found.file.stem, found.line, found.rule) == ("lga-two", 9, rule)
        assert "lga-one.md:9" in found.message
    else:
        found = findings(corpus, old, new)
        # The provenance of a section whose heading sinks to the third level is one too many for the section above.
        also = [(18, Rule.PROVENANCE)] if rule is Rule.SECTIONS else []
        assert [(each.line, each.rule) for each in found] == [(line, rule), *also]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A council should", "IT teams in a council should"),
        ("A council should", "Itemised bills show that a council should"),
        ("A council should", "The report by LOTI says a council should"),
        ("A council should", "The survey that techUK ran in 2023 says a council should"),
        ("| Small |", "| This size |"),
        ("## Exit from planning software", "## Overview of exit from planning software"),
        ("- returning data\n", "- returning data\n\n### Knowledge transfer at exit\n"),
        *(
            ("<!-- provenance: document -->", f"<!-- provenance: {form} -->")
            for form in (
                "mixed",
                "reported by law firms and LUPC, year not shown",
                "reported by Bird & Bird and Bevan Brittan, 2022 to 2024",
                "reported by Computer Weekly and Nitrous, 2020-21",
                "reported by Bates Wells, Osborne Clarke and Bevan Brittan, about 2025",
                "reported by Public Sector Executive, 2017; techUK, 2018",
                "reported by Trowers, 2025, and DLA Piper, undated",
            )
        ),
    ],
)
def test_what_the_rules_allow_is_no_finding(corpus: Path, old: str, new: str) -> None:
    assert findings(corpus, old, new) == []


def test_a_sentence_that_runs_over_lines_is_found_on_its_first(corpus: Path) -> None:
    [found] = findings(corpus, "A council should keep its own", "A council may.\nIt should\nkeep its own")
    assert (found.line, found.rule) == (10, Rule.SUBJECT)


@pytest.mark.parametrize(
    ("after", "line"), [("A council should keep its own copy of the data.\n", 10), ("UKAuthority reports.\n", 20)]
)
def test_a_sentence_that_stands_twice_in_a_digest_is_found_the_second_time(corpus: Path, after: str, line: int) -> None:
    twice = "A council should keep its own copy of the data."
    [found] = findings(corpus, after, f"{after}{twice}\n")
    assert (found.line, found.rule) == (line, Rule.REPEATED)
    assert "lga-one.md:9, too" in found.message


def test_a_digest_that_reads_too_hard_is_told_its_grade(corpus: Path) -> None:
    hard = (
        "Organisational transformation necessitates comprehensive interoperability considerations throughout implementation. "
        "Procurement professionals systematically underestimate administrative responsibilities accompanying decommissioning."
    )
    [found] = findings(corpus, "A council should", f"{hard} A council should")
    assert (found.line, found.rule) == (1, Rule.READING_AGE)
    assert re.search(r"reads at grade (1[5-9]|2\d)\.\d; 14\.0 is the limit", found.message)


def test_reading_age_counts_sentences_as_the_product_does() -> None:
    sentence = "Yearly prices of planning software run from £1.5m to £2.5m in 2025"
    assert reading_grade([f"{sentence}."]) == reading_grade([f"{sentence.replace('.', '')}."]) > 5


def test_a_digest_that_cannot_be_read_is_named_and_stops_no_other(corpus: Path) -> None:
    (corpus / "digests" / "lga" / "lga-one.md").write_text("# Short\n", encoding="utf-8")
    [found] = check(corpus, None)
    assert (found.file.name, found.rule) == ("lga-one.md", Rule.READABLE)
    assert "almost no running text" in found.message


def test_a_digest_without_a_row_and_one_in_the_wrong_folder_are_found(corpus: Path) -> None:
    (corpus / "digests" / "loti").mkdir()
    (corpus / "digests" / "lga" / "lga-two.md").rename(corpus / "digests" / "loti" / "lga-two.md")
    text = TWO.replace("lga-two", "lga-three").replace("housing", "library").replace("own keys", "own locks")
    (corpus / "digests" / "lga" / "lga-three.md").write_text(text, encoding="utf-8")
    found = [(each.file.name, each.rule, each.message) for each in check(corpus, None)]
    assert [each[:2] for each in found] == [
        ("lga-three.md", Rule.FRONT_MATTER),
        ("lga-two.md", Rule.FRONT_MATTER),
        ("sources.yaml", Rule.MANIFEST),
    ]
    assert "no row" in found[0][2]
    assert "wrong folder" in found[1][2]
    assert "is missing" in found[2][2]
