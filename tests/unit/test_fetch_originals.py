"""What is kept of an original, and that no half of one is ever read."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import httpx2
import pytest

from assistant.errors import LoadError, NotFoundError
from assistant.types import ContentKind, LegalRegime, Nation, Source, SourceStatus
from ingest import originals
from ingest.document import Block, BlockKind, Document, Section
from ingest.fetch.address import allowed_hosts
from ingest.fetch.download import OutcomeKind, fetch, leads_to_front_page, suffix_of, validators
from ingest.fetch.export import keep_export
from ingest.fetch.session import Session
from ingest.fetch.visit import Reply
from ingest.originals import Kept, Original

URL = "https://guidance.example/guide"


def source(**values) -> Source:
    fields = {
        "id": "council-guide",
        "ref": None,
        "publisher": "Council",
        "title": "A guide",
        "url": URL,
        "alternates": (),
        "published": None,
        "published_note": None,
        "status": SourceStatus.CURRENT,
        "superseded_by": (),
        "superseded_note": None,
        "legal_regime": LegalRegime.INDEPENDENT,
        "nations": tuple(Nation),
        "valid_from": None,
        "valid_to": None,
        "review_by": date(2027, 1, 1),
        "licence": "not shown",
        "format": "html",
        "content": ContentKind.DIGEST,
    }
    return Source(**fields | values)


def document(text: str = "Buy what you need.") -> Document:
    block = Block(kind=BlockKind.PARAGRAPH, items=(text,))
    return Document(title="Guide", sections=(Section(heading_path=("One",), page=None, blocks=(block,)),))


def original(**values) -> Original:
    fields = {
        "url": URL,
        "final_url": URL,
        "sha256": "0" * 64,
        "etag": '"1"',
        "last_modified": None,
        "fetched_at": "2026-11-22T12:00:00+00:00",
        "checked_at": "2026-11-22T12:00:00+00:00",
    }
    return Original(**fields | values)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "download.HTML"
    path.write_bytes(b"<html>as it came</html>")
    return path


@pytest.fixture
def data(tmp_path: Path, file: Path) -> Path:
    originals.keep(tmp_path / "data", "council-guide", file, original(), document())
    return tmp_path / "data"


def test_what_is_kept_is_read_back(data):
    assert originals.original_document(data, source()) == document()
    assert originals.record(data, "council-guide") == original()
    folder = data / "originals" / "council-guide"
    assert (folder / "original.html").read_bytes() == b"<html>as it came</html>"
    assert sorted(path.name for path in folder.iterdir()) == ["document.json", "fetch.json", "original.html"]
    assert [path.name for path in folder.parent.iterdir()] == ["council-guide"]


def test_a_source_without_an_original_has_none(data):
    assert originals.original_document(data, source(id="other")) is None
    assert originals.record(data, "other") is None


def test_an_original_from_an_address_that_the_manifest_dropped_does_not_count(data):
    assert originals.original_document(data, source(url="https://guidance.example/another")) is None
    assert originals.original_document(data, source(url=None)) is None


def test_an_original_counts_when_the_manifest_was_corrected_to_where_it_had_moved(data, file):
    moved = original(final_url="https://guidance.example/moved")
    originals.keep(data, "council-guide", file, moved, document())
    assert originals.original_document(data, source(url="https://guidance.example/moved")) == document()


def test_keeping_replaces_the_whole(data, tmp_path):
    newer = tmp_path / "new.pdf"
    newer.write_bytes(b"%PDF-")
    originals.keep(data, "council-guide", newer, original(etag=None), document("Other."))
    folder = data / "originals" / "council-guide"
    assert sorted(path.name for path in folder.iterdir()) == ["document.json", "fetch.json", "original.pdf"]
    assert originals.original_document(data, source()) == document("Other.")


def test_a_kill_while_writing_leaves_the_earlier_one(data, file, monkeypatch):
    def killed(self, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", killed)
    with pytest.raises(KeyboardInterrupt):
        originals.keep(data, "council-guide", file, original(), document("Half."))
    monkeypatch.undo()
    assert originals.original_document(data, source()) == document()
    originals.keep(data, "council-guide", file, original(), document("Whole."))
    assert originals.original_document(data, source()) == document("Whole.")


@pytest.mark.parametrize("kill_at", [1, 2])
def test_a_kill_at_either_rename_leaves_one_of_the_two(data, file, monkeypatch, kill_at):
    rename, calls = Path.rename, []

    def killed(self, target):
        calls.append(self)
        if len(calls) == kill_at:
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", killed)
    with pytest.raises(KeyboardInterrupt):
        originals.keep(data, "council-guide", file, original(), document("New."))
    monkeypatch.undo()
    assert originals.original_document(data, source()) == document()
    originals.update(data, "council-guide", original(etag='"2"'))
    assert originals.record(data, "council-guide") == original(etag='"2"')
    originals.keep(data, "council-guide", file, original(), document("New."))
    assert originals.original_document(data, source()) == document("New.")
    assert [path.name for path in (data / "originals").iterdir()] == ["council-guide"]


@pytest.mark.parametrize("name", ["fetch.json", "document.json"])
@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"\xff"])
def test_damage_is_told_with_what_to_do(data, name, content):
    (data / "originals" / "council-guide" / name).write_bytes(content)
    with pytest.raises(LoadError, match="python -m ingest fetch council-guide"):
        originals.original_document(data, source())


def test_a_missing_file_is_damage(data):
    (data / "originals" / "council-guide" / "document.json").unlink()
    with pytest.raises(LoadError, match="damaged or missing"):
        originals.original_document(data, source())


def test_forgetting_leaves_nothing(data):
    assert originals.forget(data, "council-guide")
    assert list((data / "originals").iterdir()) == []
    assert not originals.forget(data, "council-guide")


@pytest.mark.parametrize("source_id", ["../added", "..", "", "a/b", "/etc", "A", "a\x00"])
def test_an_id_that_is_none_reaches_no_file(data, source_id):
    (data / "added").mkdir()
    with pytest.raises(NotFoundError):
        originals.forget(data, source_id)
    assert (data / "added").is_dir()


def test_an_export_is_kept_as_the_original_of_its_source(data, file):
    now = datetime(2026, 11, 23, tzinfo=UTC)
    said = keep_export(data, source(url=None), file, read=lambda path: document("Exported."), now=now)
    assert said == "kept as the original of council-guide: “Guide”, 1 sections"
    for each in (source(url=None), source(), source(url="https://guidance.example/later")):
        assert originals.original_document(data, each) == document("Exported.")
    kept = originals.kept(data, source())
    assert validators(kept, URL) == {}


def test_an_export_that_can_not_be_read_leaves_the_earlier_one(data, file):
    def unreadable(path):
        raise LoadError("no")

    with pytest.raises(LoadError):
        keep_export(data, source(), file, read=unreadable, now=datetime(2026, 11, 23, tzinfo=UTC))
    assert originals.original_document(data, source()) == document()


def test_requests_are_conditional_only_where_the_kept_file_came_from():
    kept = Kept(original(last_modified="Sun, 22 Nov 2026 12:00:00 GMT"), document())
    assert validators(kept, URL) == {"If-None-Match": '"1"', "If-Modified-Since": "Sun, 22 Nov 2026 12:00:00 GMT"}
    assert validators(kept, URL + "/") == {}
    assert validators(None, URL) == {}
    assert validators(Kept(replace(kept.original, etag=None, last_modified=None), document()), URL) == {}


def reply(body: bytes = b"x", content_type: str = "", url: str = URL) -> Reply:
    return Reply(url=url, status=200, headers=httpx2.Headers({"Content-Type": content_type}), body=body, moved_to=None)


@pytest.mark.parametrize(
    ("found", "suffix"),
    [
        (reply(content_type="text/html; charset=utf-8"), ".html"),
        (reply(content_type="application/xhtml+xml"), ".html"),
        (reply(content_type="TEXT/HTML"), ".html"),
        (reply(b"%PDF-1.7", "text/html"), ".pdf"),
        (reply(b"x", "application/pdf"), ".pdf"),
        (reply(b"%PDF-1.7", "application/octet-stream"), ".pdf"),
        (reply(b"\n<!DOCTYPE html><p>", ""), ".html"),
        (reply(b"text", "text/plain"), ".txt"),
        (reply(b"text", "text/plain", URL + ".md"), ".md"),
        (reply(b"text", "text/markdown"), ".md"),
        (reply(b"PK", "application/octet-stream", URL + ".docx?x=y"), ".docx"),
        (reply(b"PK", "application/vnd.oasis.opendocument.text"), ".odt"),
        (reply(b"MZ", "application/octet-stream", URL + ".exe"), None),
        (reply(b"\x89PNG", "image/png"), None),
        (reply(b"x", "../../etc"), None),
    ],
)
def test_the_kind_of_a_file(found, suffix):
    assert suffix_of(found) == suffix


@pytest.mark.parametrize(
    ("asked", "found", "expected"),
    [
        (URL, "https://guidance.example/", True),
        (URL, "https://other.example/", True),
        (URL, "https://guidance.example/other", False),
        (URL, "https://guidance.example/?page=1", False),
        ("https://guidance.example/", "https://www.guidance.example/", False),
        ("https://guidance.example", "https://www.guidance.example/", False),
        ("https://guidance.example/index.html", "https://guidance.example/", False),
    ],
)
def test_a_page_that_leads_to_the_front_page(asked, found, expected):
    assert leads_to_front_page(source(url=asked), found) is expected


@pytest.mark.parametrize(
    "url",
    [
        None,
        "https://www.notion.so/Methodology-dd2c",
        "https://guttural-halibut-34e.notion.site/Guide-e173",
        "https://council.notion.com/x",
    ],
)
def test_what_no_program_can_fetch_is_not_asked_for(tmp_path, url):
    session = Session(allowed_hosts([source(url=url)]), resolver=lambda host, port: pytest.fail("a name was looked up"))
    outcome = fetch(source(url=url), session=session, data=tmp_path, read=lambda path: pytest.fail("nothing to read"))
    assert outcome.kind is OutcomeKind.NEEDS_EXPORT
    assert 'python -m ingest add FILE --id council-guide --publisher "Council"' in outcome.detail


def test_an_address_that_is_none_is_refused_alone(tmp_path):
    bad = source(url="http://[/")
    session = Session(allowed_hosts([bad]), resolver=lambda host, port: pytest.fail("a name was looked up"))
    outcome = fetch(bad, session=session, data=tmp_path, read=lambda path: pytest.fail("nothing to read"))
    assert outcome.kind is OutcomeKind.REFUSED


def test_a_full_disk_fails_one_source(tmp_path):
    file = tmp_path / "data"
    file.write_bytes(b"not a folder")
    session = Session(allowed_hosts([source()]), resolver=lambda host, port: ["1.1.1.1"])
    session.get = lambda url, headers_for: reply(b"<html>", "text/html")
    outcome = fetch(source(), session=session, data=file, read=lambda path: document())
    assert outcome.kind is OutcomeKind.FAILED
    assert outcome.detail.startswith("could not be kept: ")
