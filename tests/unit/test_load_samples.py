"""Real documents, read as an officer would. They belong to others and lie beside the project, not in it."""

import unicodedata
from pathlib import Path

import pytest

from assistant.errors import LoadError
from ingest.document import BlockKind, Document
from ingest.load import load

_SHARED = Path(__file__).parents[3] / "shared"
_SAMPLES = sorted((_SHARED / "samples").glob("*/*.*"))
_PDFS = sorted((_SHARED / "security" / "pdf").glob("*.pdf"))
_REMAINS = ("{%", "{{", "{:", "[^", "](", "<p", "<a ", "</", "&amp;", "**", "\u00ad")

pytestmark = pytest.mark.skipif(not _SAMPLES, reason="the folder of samples isn't beside the project")


def _sample(name: str) -> Document:
    return load(next(path for path in _SAMPLES if path.name.startswith(name)))


def _items(document: Document) -> list[str]:
    return [item for section in document.sections for block in section.blocks for item in block.items]


def _headings(document: Document) -> list[str]:
    return [" > ".join(section.heading_path) for section in document.sections]


@pytest.mark.parametrize("path", _SAMPLES, ids=lambda path: path.name)
def test_samples_read_cleanly(path: Path) -> None:
    document = load(path)
    assert document.sections
    for text in (*_items(document), *_headings(document)):
        assert text == " ".join(text.split())
        assert not any(remain in text for remain in _REMAINS), text
        assert not any(unicodedata.category(character) in {"Cc", "Cf", "Co"} for character in text), text
    assert all(section.blocks and all(block.items for block in section.blocks) for section in document.sections)


@pytest.mark.parametrize("path", [path for path in _SAMPLES if path.suffix == ".html"], ids=lambda path: path.name)
def test_no_lead_in_of_a_web_page_has_lost_its_list(path: Path) -> None:
    for section in load(path).sections:
        for block, following in zip(section.blocks, (*section.blocks[1:], None), strict=True):
            if block.kind is BlockKind.PARAGRAPH and block.items[0].endswith(":") and section.blocks[-1] is not block:
                assert following is not None
                assert following.kind is not BlockKind.PARAGRAPH, block.items[0]


def test_the_buyers_guide() -> None:
    document = _sample("buyers-guide")
    assert document.title == "G-Cloud buyers' guide"
    assert document.warnings == ()
    assert _headings(document)[:3] == [
        "1. Digital Marketplace overview",
        "2. Buying cloud services on the Digital Marketplace",
        "2. Buying cloud services on the Digital Marketplace > 2.1 Prepare your requirements and get approval",
    ]
    assert len(document.sections) == 15
    assert sum(block.kind is BlockKind.LIST for section in document.sections for block in section.blocks) == 6
    assert "Criteria number 4: Direct award criteria Non-functional characteristics" in _items(document)


def test_the_crown_hosting_page_carries_its_lead_in() -> None:
    items = _items(_sample("framework-crown"))
    assert (
        "compliant with Security Policy Framework 2014, which covers mandatory policies for: protective marking"
        in items
    )
    assert "protective marking" not in items


def test_the_field_guide() -> None:
    document = _sample("4-questions")
    assert _headings(document)[0] == "Questions to ask"
    assert _items(document)[0].startswith("When you are considering a budget request")
    plan = _sample("qasp")
    assert _items(plan)[1].startswith("Tested Code: Performance Standard(s) Code delivered")


def test_the_press_reports_lose_what_stands_around_them() -> None:
    report = _sample("001_")
    assert report.title == "New IT procurement strategy in development for councils"
    assert report.sections[0].blocks[-1].kind is BlockKind.LIST
    assert len(report.sections[0].blocks[-1].items) == 6
    other = _sample("003_")
    assert other.title == "Procuring the smarter state"
    text = " ".join(_items(other))
    assert not any(
        word in text for word in ("Login", "LinkedIn", "Read more", "£1.9bn", "Chancellor", "all our articles")
    )
    assert _sample("000_").title == "LGA unveils strategy to support successful IT service procurement"


def test_the_methodology_has_its_headings() -> None:
    document = _sample("004_")
    assert document.title is None
    assert _headings(document) == ["Introduction", "1. Engagement > Borough Engagement > Interviews"]


_LOCKED = {"r2-user-password.pdf", "encrypted-file.pdf", "crazyones-encrypted-256.pdf"}


@pytest.mark.skipif(not _PDFS, reason="the folder of broken PDFs isn't beside the project")
@pytest.mark.parametrize("path", _PDFS, ids=lambda path: path.name)
def test_broken_and_locked_pdfs_end_in_a_document_or_a_reason(path: Path) -> None:
    outcome = _document_or_reason(path)
    if isinstance(outcome, str):
        assert outcome.startswith(f"{path.name}: ")
        assert ("protected by a password" in outcome) == (path.name in _LOCKED)
    else:
        assert path.name not in _LOCKED
        assert all(section.page for section in outcome.sections)


def _document_or_reason(path: Path) -> Document | str:
    try:
        return load(path)
    except LoadError as error:
        return str(error)


@pytest.mark.skipif(not _PDFS, reason="the folder of broken PDFs isn't beside the project")
def test_a_real_pdf_reads_as_its_page() -> None:
    document = load(next(path for path in _PDFS if path.name == "crazyones.pdf"))
    assert document.title == "The Crazy Ones"
    assert _items(document)[0].startswith("Heres to the crazy ones. The misfits. The rebels.")
    assert _items(document)[-1].endswith("are the ones who do.")
