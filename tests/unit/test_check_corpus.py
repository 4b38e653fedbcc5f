"""The check over the shipped corpus, over its lists, and against texts of others."""

import time
from pathlib import Path

import pytest
import yaml
from test_check_digests import ONE, ROW, TWO, write_corpus

from ingest.check import Rule, check

PROJECT = Path(__file__).parents[2]
SAMPLES = PROJECT.parent / "shared" / "samples"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "corpus", {"lga-one": ONE, "lga-two": TWO})


def test_the_shipped_corpus_keeps_every_rule_and_is_checked_in_seconds() -> None:
    began = time.process_time()
    assert [str(finding) for finding in check(PROJECT / "corpus", SAMPLES)] == []
    assert time.process_time() - began < 10


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the folder of other people's texts is not here")
def test_a_sentence_of_a_sample_would_be_found(corpus: Path) -> None:
    text = (SAMPLES / "seeds" / "002_e49680cf5e852b69.txt").read_text(encoding="utf-8")
    sentence = max(text.splitlines(), key=len).split(". ")[1]
    assert len(sentence.split()) > 10
    change(corpus, "A council should keep its own copy of the data.", f"LOTI says: {sentence}.")
    copied = [finding for finding in check(corpus, SAMPLES) if finding.rule is Rule.COPIED]
    assert copied
    assert copied[0].line == 9
    assert "seeds/002_e49680cf5e852b69.txt" in copied[0].message


def change(corpus: Path, old: str, new: str, name: str = "digests/lga/lga-one.md") -> None:
    text = (corpus / name).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (corpus / name).write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("theirs", "found"),
    [
        ("UKAuthority wrote: yearly prices of planning software run from £1.5m.", "Yearly prices of planning software run from 1.5m"),
        ("<p>Yearly <b>prices</b> of planning&nbsp;software\nRUN from £1.5m, to £2.5m</p>", "Yearly prices of planning software run from 1.5m to 2.5m"),
        ("[Yearly prices](https://a.example/b) of *planning* software run {% if x %} from £1.5m", "Yearly prices of planning software run from 1.5m"),
        ("prices of planning software run from £1.5m to a lot", "prices of planning software run from 1.5m to"),
        ("Yearly prices of planning software run from £9m to £9.5m", None),
        ("Yearly prices of planning software went from £1.5m to £2.5m", None),
    ],
)  # fmt: skip
def test_eight_words_of_others_in_a_row_are_found_through_case_and_markup(
    corpus: Path, tmp_path: Path, theirs: str, found: str | None
) -> None:
    samples = tmp_path / "samples"
    samples.mkdir()
    (samples / "theirs.html").write_text(theirs, encoding="utf-8")
    findings = [(each.file.stem, each.line, each.rule, each.message) for each in check(corpus, samples)]
    message = f"theirs.html has the same words: '{found}'. Say it in your own."
    assert findings == ([("lga-one", 19, Rule.COPIED, message)] if found else [])


def test_a_name_alone_is_no_copy(corpus: Path, tmp_path: Path) -> None:
    samples = tmp_path / "samples"
    samples.mkdir()
    law = "the Local Government (Transparency Requirements) (England) Regulations 2015 and the Public Contracts Regulations 2015"
    title = "Buying planning software for small councils: what nine officers found out"
    (samples / "law.txt").write_text(f"As {law} say. See {title}.", encoding="utf-8")
    change(corpus, "A council should keep its own copy", f"A council should keep under {law} its own copy")
    change(corpus, "LGA's 2025 guide tells", f"LGA's guide {title} tells")
    change(corpus, "# Buying planning software\n", f"# {title}\n")
    change(corpus, "title: Buying planning software", f"title: '{title}'", "sources.yaml")
    assert check(corpus, samples) == []
    # The same title is somebody else's sentence where it is nobody's title here.
    change(corpus, f"title: '{title}'", "title: Other", "sources.yaml")
    assert Rule.COPIED in {finding.rule for finding in check(corpus, samples)}


def test_a_copied_table_row_is_found_on_its_line(corpus: Path, tmp_path: Path) -> None:
    samples = tmp_path / "samples"
    samples.mkdir()
    words = "a fee that covers hosting, support and two upgrades"
    (samples / "theirs.md").write_text(f"Suppliers ask for {words}.", encoding="utf-8")
    change(corpus, "| Large | £2.5m |", f"| Large | {words} |")
    [finding] = check(corpus, samples)
    assert (finding.line, finding.rule) == (24, Rule.COPIED)


def test_files_that_are_no_text_and_a_missing_folder_are_left_out(corpus: Path, tmp_path: Path) -> None:
    samples = tmp_path / "samples"
    assert check(corpus, samples) == []
    samples.mkdir()
    (samples / "picture.bin").write_bytes(b"\0" + ONE.encode())
    assert check(corpus, samples) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": "red"}, "unknown field 'colour'"),
        ({"status": "superseded"}, "superseded_by must name a source"),
        ({"superseded_by": ["lga-none"], "status": "superseded"}, "'lga-none', which is not in the manifest"),
        ({"review_by": None}, "review_by is null"),
        ({"status": "historic"}, "superseded_note is null"),
        ({"legal_regime": "pcr_2015"}, "superseded_note is null"),
        ({"url": None}, "neither url nor alternates"),
        ({"id": "lga-four"}, "is missing. Write it"),
    ],
)
def test_a_row_that_is_wrong_or_leaves_something_open_is_found_at_its_line(
    corpus: Path, changes: dict[str, object], message: str
) -> None:
    two = ROW | {"id": "lga-two", "title": "Buying housing software"} | changes
    (corpus / "sources.yaml").write_text(
        "# The manifest\n" + yaml.safe_dump([ROW, two], sort_keys=False), encoding="utf-8"
    )
    lines = (corpus / "sources.yaml").read_text(encoding="utf-8").splitlines()
    [finding] = [each for each in check(corpus, None) if each.rule is Rule.MANIFEST]
    assert message in finding.message
    assert finding.line == lines.index(f"- id: {two['id']}") + 1
    assert finding.file == corpus / "sources.yaml"


def test_a_row_that_leaves_out_a_field_is_found(corpus: Path) -> None:
    change(corpus, "- id: lga-two\n  ref: null\n", "- id: lga-two\n", "sources.yaml")
    [finding] = check(corpus, None)
    assert "'ref' is missing" in finding.message


def test_an_anchor_that_no_longer_stands_in_its_digest_is_found(corpus: Path) -> None:
    entry = {
        "id": "price",
        "topic": "the price of planning software",
        "ask": ["price planning software"],
        "figures": True,
        "positions": [
            {"claim": "£1.5m", "source": "lga-one", "anchor": "Yearly prices of planning software run from £9m."},
            {"claim": "reported elsewhere: £2m"},
        ],
        "tell": "Quote one only with its source.",
    }
    (corpus / "conflicts.yaml").write_text(yaml.safe_dump([entry], sort_keys=False), encoding="utf-8")
    [finding] = check(corpus, None)
    assert (finding.file.name, finding.line, finding.rule) == ("conflicts.yaml", 1, Rule.MANIFEST)
    assert "does not hold the anchor" in finding.message


def test_a_folder_without_a_manifest_is_a_finding_and_no_success(tmp_path: Path) -> None:
    [finding] = check(tmp_path, None)
    assert "There is no file" in finding.message
