"""What “ingest status” lists for authors, and how it reads on a narrow screen."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from index_builder import make_passage, make_source
from rich.console import Console
from test_check_digests import ONE, ROW, write_corpus
from test_preview import INFO, write_build

from assistant.errors import BuildError
from assistant.types import ContentKind, SourceStatus
from ingest.status import freshness, report

TODAY = date(2026, 11, 22)


def test_each_matter_is_listed_for_the_sources_that_it_concerns() -> None:
    held = [
        make_source("due", review_by=date(2026, 11, 21)),
        make_source("due-today", review_by=TODAY),
        make_source("past", valid_to=date(2026, 11, 21)),
        make_source("valid", valid_to=TODAY, content=ContentKind.ORIGINAL),
        make_source("replaced", status=SourceStatus.SUPERSEDED, superseded_by=("none", "due")),
        make_source("orphan", status=SourceStatus.SUPERSEDED, superseded_by=("none",)),
    ]
    none = make_source("none")
    pulled = make_source("pulled", status=SourceStatus.WITHDRAWN)
    new = make_source("new")
    found = freshness(
        held, wanted=[*held, none, pulled, new], left_out={"none"}, today=TODAY, why_missing=lambda _: "why"
    )
    assert found.review_due == {"due": "due 2026-11-21"}
    assert found.no_longer_valid == {"past": "valid until 2026-11-21"}
    assert found.unreplaced == {"orphan": "superseded by none"}
    assert found.withdrawn == {"pulled": "withdrawn by its publisher", "none": "withdrawn here"}
    assert found.missing == {"new": "why"}
    assert (found.digests, found.sources) == (5, 6)


def shown(data: Path, corpus: Path, width: int) -> str:
    console = Console(width=width, force_terminal=False)
    with console.capture() as capture:
        console.print(report(data, corpus, TODAY))
    return capture.get()


@pytest.mark.parametrize("width", [80, 100])
def test_ids_stay_whole_and_what_is_missing_says_why(tmp_path: Path, width: int) -> None:
    long = "government-commercial-agency-vertical-application-solutions"
    held = make_source(long, publisher="Government Commercial Agency", review_by=date(2026, 9, 17))
    data = tmp_path / "data"
    write_build(data, [(held, [make_passage(long, "One thing is said.")])])
    (data / "builds" / "20250101T000000000000Z-00000000").mkdir()
    corpus = write_corpus(tmp_path / "corpus", {"lga-one": ONE, "lga-two": "# Nothing much\n"})
    text = shown(data, corpus, width)
    assert f"* {INFO.id}  {INFO.created}\n" in text
    assert "! 20250101T000000000000Z-00000000  can't be read" in text
    assert "Government Commercial Agency: 1 source\n" in text
    assert text.count(f"  {long}\n") == 2
    assert "current, 2025-03, our summary, 1 passage\n" in text
    assert "Review is past due: 1\n" in text
    assert "Not in the serving build: 2\n" in text
    assert "  lga-one\n      not built yet" in text
    assert "  lga-two\n      can't be read" in text
    assert "No longer valid: none\n" in text
    assert all(len(line) <= width for line in text.splitlines())


def test_a_row_that_is_withdrawn_is_no_missing_source(tmp_path: Path) -> None:
    held = make_source("lga-one")
    data = tmp_path / "data"
    write_build(data, [(held, [make_passage("lga-one", "One thing is said.")])])
    (data / "withdrawn.json").write_text('["lga-two", "forgotten"]', encoding="utf-8")
    corpus = write_corpus(tmp_path / "corpus", {"lga-one": ONE})
    three = ROW | {"id": "lga-three", "status": "withdrawn"}
    rows = [*yaml.safe_load((corpus / "sources.yaml").read_text(encoding="utf-8")), three]
    (corpus / "sources.yaml").write_text(yaml.safe_dump(rows, sort_keys=False), encoding="utf-8")
    text = shown(data, corpus, 80)
    assert "Withdrawn: 2\n" in text
    assert "  lga-two\n      withdrawn here" in text
    assert "  lga-three\n      withdrawn by its publisher" in text
    assert "Not in the serving build: none\n" in text


def test_without_a_build_the_remedy_is_named(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="python -m ingest build"):
        report(tmp_path, tmp_path, TODAY)
