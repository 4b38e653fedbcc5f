"""What a build would change, passage by passage."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from index_builder import make_passage, make_source
from rich.console import Console

from assistant.adapters import build_folder
from assistant.build_info import BuildInfo
from assistant.currency import Conflict, Position, Term, TermKind
from assistant.errors import BuildError
from assistant.types import Passage, Source, SourceStatus
from ingest.content import Content
from ingest.near_duplicates import Dropped
from ingest.preview import ChangeKind, Preview, difference, preview, render

SOURCE = make_source("lga-guide", title="Guide")
FIRST = "A council keeps a copy of its data. The supplier returns the rest."
SECOND = "A council plans for exit. The plan names a date."
INFO = BuildInfo(
    id="20261122T090000000000Z-11111111",
    created="2026-11-22T09:00:00+00:00",
    format_version=build_folder.FORMAT_VERSION,
    chunker_version=1,
    corpus_digest="0",
    model_id="m",
    model_weights_sha256="0",
    model_files={},
    dimensions=2,
    sources=1,
    passages=2,
    sentences=4,
)


def passage(text: str, *headings: str, source: str = "lga-guide") -> Passage:
    return make_passage(source, text, heading_path=headings)


BEFORE = [passage(FIRST, "Data"), passage(SECOND, "Exit")]


def changes(after: list[Passage], before: list[Passage] = BEFORE) -> list[tuple[str, str | None, str | None]]:
    """The changes of one source's passages, as (kind, text before, text after)."""
    found = list(difference([(SOURCE, before)], [(SOURCE, after)]))
    return [
        (each.kind.value, each.before.text if each.before else None, each.after.text if each.after else None)
        for source in found
        for each in source.passages
    ]


def text_of(found: Preview, width: int = 80) -> str:
    console = Console(width=width, force_terminal=False)
    with console.capture() as capture:
        console.print(render(found))
    return capture.get()


def test_nothing_differs_from_itself() -> None:
    assert changes(list(BEFORE)) == []


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ([*BEFORE, passage("One more thing is said.", "Costs")], [("added", None, "One more thing is said.")]),
        (BEFORE[:1], [("removed", SECOND, None)]),
        ([passage("Other words stand here.", "Data"), BEFORE[1]], [("changed", FIRST, "Other words stand here.")]),
        ([passage(FIRST, "Getting data out"), BEFORE[1]], [("moved", FIRST, FIRST)]),
        ([replace(BEFORE[0], page=3), BEFORE[1]], [("moved", FIRST, FIRST)]),
        ([replace(BEFORE[0], position=9), BEFORE[1]], []),
        (
            [passage("New words.", "Data"), BEFORE[1], passage("More new words.", "Data")],
            [("changed", FIRST, "New words."), ("added", None, "More new words.")],
        ),
        ([passage("New words.", "Costs"), BEFORE[1]], [("added", None, "New words."), ("removed", FIRST, None)]),
    ],
)
def test_each_kind_of_change(after: list[Passage], expected: list[tuple[str, str | None, str | None]]) -> None:
    assert changes(after) == expected


def test_new_and_gone_sources_and_changed_rows() -> None:
    other = make_source("lga-other")
    theirs = [passage("Something else is said.", "Else", source="lga-other")]
    [new] = difference([], [(other, theirs)])
    [gone] = difference([(other, theirs)], [])
    assert (new.id, new.what, [each.kind for each in new.passages]) == ("lga-other", "new", [ChangeKind.ADDED])
    assert (gone.id, gone.what, [each.kind for each in gone.passages]) == ("lga-other", "gone", [ChangeKind.REMOVED])
    row = replace(SOURCE, status=SourceStatus.SUPERSEDED, superseded_by=("lga-other",), published=None)
    [updated] = difference([(SOURCE, BEFORE)], [(row, BEFORE)])
    assert updated.what == "updated"
    assert updated.passages == ()
    assert updated.values == (
        "published: 2025-03 → none",
        "status: current → superseded",
        "superseded_by: none → lga-other",
    )


def write_build(data: Path, documents: list[tuple[Source, list[Passage]]], *, terms: tuple[Term, ...] = ()) -> None:
    folder = data / "builds" / INFO.id
    folder.mkdir(parents=True)
    (folder / "build.json").write_bytes(build_folder.INFO.dump_json(INFO))
    (folder / "sources.json").write_bytes(build_folder.SOURCES.dump_json(tuple(source for source, _ in documents)))
    lines = [build_folder.PASSAGE.dump_json(each) for _, passages in documents for each in passages]
    (folder / "passages.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
    (folder / "terms.json").write_bytes(build_folder.TERMS.dump_json(terms))
    (folder / "conflicts.json").write_text(json.dumps([]), encoding="utf-8")
    (data / "current").write_text(INFO.id, encoding="utf-8")


def test_the_serving_build_is_what_the_corpus_is_compared_with(tmp_path: Path) -> None:
    write_build(tmp_path, [(SOURCE, BEFORE)])
    same = preview(tmp_path, Content(documents=[(SOURCE, BEFORE)]), {})
    assert same.is_empty
    assert text_of(same).strip() == f"Nothing differs from the serving build {INFO.id}"
    after = [passage("A council keeps a copy of its data. The supplier deletes the rest.", "Data"), BEFORE[1]]
    changed = preview(tmp_path, Content(documents=[(SOURCE, after)]), {"lga-broken": "it can't be read."})
    assert not changed.is_empty
    assert changed.count(ChangeKind.CHANGED) == 1
    shown = text_of(changed)
    assert "lga-guide: updated, 1 passage\n" in shown
    assert "    - The supplier returns the rest." in shown
    assert "    + The supplier deletes the rest." in shown
    assert "keeps a copy" not in shown
    assert "failed: lga-broken: it can't be read." in shown
    assert "sources: 0 new, 1 updated, 0 gone" in shown
    assert "passages: 0 added, 0 removed, 1 changed, 0 moved" in shown


def test_terms_and_conflicts_that_differ_are_named(tmp_path: Path) -> None:
    kept = Term(term="exit", kind=TermKind.EQUIVALENT, means=("leaving",))
    gone = Term(term="EU procurement", kind=TermKind.EQUIVALENT, means=("OJEU",))
    write_build(tmp_path, [(SOURCE, BEFORE)], terms=(kept, gone))
    positions = (Position(claim="one"), Position(claim="two"))
    conflict = Conflict(id="price", topic="t", ask=("price",), figures=False, positions=positions, tell="Ask.")
    changed = replace(kept, means=("leaving", "handover"))
    found = preview(tmp_path, Content(documents=[(SOURCE, BEFORE)], terms=(changed,), conflicts=(conflict,)), {})
    assert (found.sources, found.terms, found.conflicts) == ((), ("exit", "EU procurement"), ("price",))
    assert not found.is_empty
    assert "Terms that differ: exit, EU procurement" in text_of(found)
    assert "Conflicts that differ: price" in text_of(found)


def test_what_is_left_out_as_a_copy_and_a_row_that_changed_alone_are_said(tmp_path: Path) -> None:
    write_build(tmp_path, [(SOURCE, BEFORE)])
    copy = Dropped(passage=passage(FIRST, "Data", source="lga-old"), kept=BEFORE[0], similarity=1.0)
    row = replace(SOURCE, published="2026")
    shown = text_of(preview(tmp_path, Content(documents=[(row, BEFORE)], near_duplicates=(copy,)), {}))
    assert "lga-guide: updated, its row only\n  published: 2025-03 → 2026\n" in shown
    assert "lga-old: 1 passage left out, the same text as in lga-guide" in shown


def test_without_a_build_everything_is_new(tmp_path: Path) -> None:
    found = preview(tmp_path / "none", Content(documents=[(SOURCE, BEFORE)]), {})
    assert found.build_id is None
    assert [(each.id, each.what) for each in found.sources] == [("lga-guide", "new")]
    shown = text_of(found)
    assert "lga-guide: new, 2 passages\n  Data\n  Exit\n" in shown
    assert "Against no build, as nothing serves yet" in shown


@pytest.mark.parametrize("name", ["build.json", "passages.jsonl", "terms.json"])
def test_a_damaged_build_is_named_and_never_taken_for_an_empty_one(tmp_path: Path, name: str) -> None:
    write_build(tmp_path, [(SOURCE, BEFORE)])
    (tmp_path / "builds" / INFO.id / name).write_text("{", encoding="utf-8")
    with pytest.raises(BuildError, match="Build again"):
        preview(tmp_path, Content(documents=[(SOURCE, BEFORE)]), {})


def test_a_moved_passage_shows_where_it_was_and_long_lines_keep_their_indent(tmp_path: Path) -> None:
    long = "The supplier " + "hands over data and " * 8 + "leaves."
    write_build(tmp_path, [(SOURCE, BEFORE)])
    after = [replace(BEFORE[0], heading_path=("Getting data out",), page=4), passage(long, "Exit")]
    shown = text_of(preview(tmp_path, Content(documents=[(SOURCE, after)]), {}), width=60)
    assert "  Getting data out, page 4 (moved)\n    was: Data" in shown
    wrapped = [line for line in shown.splitlines() if "hands over" in line]
    assert len(wrapped) > 1
    assert all(line.startswith("    ") and len(line.rstrip()) <= 60 for line in wrapped)
