from pathlib import Path

import pytest
import yaml

from assistant.errors import ManifestError
from ingest.corpus import read_corpus
from ingest.manifest import read_manifest, slug

ROW = {
    "id": "lga-one",
    "publisher": "LGA",
    "title": "One",
    "status": "current",
    "legal_regime": "independent",
    "nations": ["england"],
    "licence": "not shown",
    "format": "html",
    "content": "digest",
}
DIGEST = (
    "---\nsource: lga-one\n---\n# One\n\n## What it says\n"
    + "Councils should read the guidance on buying technology. " * 10
)


def corpus(tmp_path: Path, *rows: dict[str, object], digest: str | None = DIGEST) -> Path:
    (tmp_path / "sources.yaml").write_text(yaml.safe_dump(list(rows)), encoding="utf-8")
    for name in ("terms.yaml", "conflicts.yaml"):
        (tmp_path / name).write_text("[]", encoding="utf-8")
    if digest is not None:
        (tmp_path / "digests" / "lga").mkdir(parents=True)
        (tmp_path / "digests" / "lga" / "lga-one.md").write_text(digest, encoding="utf-8")
    return tmp_path


def test_a_valid_manifest_is_read(tmp_path: Path) -> None:
    [(source, document)] = read_corpus(corpus(tmp_path, ROW), tmp_path / "data").documents
    assert (source.id, source.publisher) == ("lga-one", "LGA")
    assert document.sections[0].heading_path == ("What it says",)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"colour": "red"}, "source lga-one: unknown field 'colour'. Remove it"),
        ({"title": None}, "source lga-one: field 'title'"),
        ({"status": "fresh"}, "source lga-one: field 'status'"),
        ({"id": "LGA One"}, "source LGA One: field 'id'"),
        ({"published": "July 2020"}, "source lga-one: field 'published'"),
        ({"url": "javascript:alert(1)"}, "source lga-one: field 'url'"),
        ({"url": "file:///etc/passwd"}, "source lga-one: field 'url'"),
        ({"nations": []}, "source lga-one: field 'nations'"),
        ({"status": "superseded"}, "superseded_by must name a source exactly when"),
        ({"superseded_by": ["lga-one"]}, "superseded_by must name a source exactly when"),
        (
            {"status": "superseded", "superseded_by": ["lga-two"]},
            "superseded_by names 'lga-two', which is not in the manifest",
        ),
        ({"status": "superseded", "superseded_by": ["lga-one"]}, "can't be superseded by itself"),
        ({"valid_from": "2026-01-01", "valid_to": "2025-01-01"}, "valid_from is after valid_to"),
    ],
)
def test_a_wrong_row_is_named_with_the_remedy(tmp_path: Path, change: dict[str, object], message: str) -> None:
    with pytest.raises(ManifestError) as raised:
        read_manifest(corpus(tmp_path, ROW | change))
    assert message in str(raised.value)
    assert "nothing was built" in str(raised.value)


def test_every_problem_is_listed_at_once(tmp_path: Path) -> None:
    with pytest.raises(ManifestError) as raised:
        read_manifest(corpus(tmp_path, ROW | {"colour": 1}, ROW | {"id": "lga-two", "status": "x"}, ROW, ROW))
    assert "3 problem(s)" in str(raised.value)
    assert "source lga-one: the id is used 2 times" in str(raised.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a: [", "can't be read as YAML"),
        ("just text", "must be a list, each entry"),
        ("- 1", "must be a list, each entry"),
        ("", "must be a list"),
    ],
)
def test_a_file_that_is_no_manifest(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "sources.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(ManifestError, match=message):
        read_manifest(tmp_path)


def test_a_missing_manifest_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="There is no file .*GUIDANCE_INGEST_CORPUS_DIR"):
        read_manifest(tmp_path)


def test_a_missing_digest_is_named(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"source lga-one: its digest .*lga-one\.md is missing"):
        read_corpus(corpus(tmp_path, ROW, digest=None), tmp_path / "data")


def test_a_digest_of_another_source_is_named(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="names 'lga-two'. It must say 'source: lga-one'"):
        read_corpus(corpus(tmp_path, ROW, digest=DIGEST.replace("lga-one", "lga-two")), tmp_path / "data")


def test_an_empty_digest_stops_no_other(tmp_path: Path) -> None:
    folder = corpus(tmp_path, ROW, ROW | {"id": "lga-two"})
    (folder / "digests" / "lga" / "lga-two.md").write_text("---\nsource: lga-two\n---\n", encoding="utf-8")
    found = read_corpus(folder, tmp_path / "data")
    assert [source.id for source, _ in found.documents] == ["lga-one"]
    assert "almost no running text" in found.failed["lga-two"]


def test_withdrawn_sources_are_left_out(tmp_path: Path) -> None:
    found = read_corpus(corpus(tmp_path, ROW, ROW | {"id": "lga-two", "status": "withdrawn"}), tmp_path / "data")
    assert [source.id for source, _ in found.documents] == ["lga-one"]


def test_slugs() -> None:
    assert slug("Cabinet Office: PPN 002 (2025)") == "cabinet-office-ppn-002-2025"
