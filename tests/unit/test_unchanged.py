"""What makes an unchanged corpus be told from the outside, and what does not. Files in a folder of the test's own."""

import contextlib
import os
import re
import sqlite3
from pathlib import Path

import pytest

from ingest import unchanged


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    data, corpus = tmp_path / "data", tmp_path / "corpus"
    for path, text in (
        (corpus / "sources.yaml", "[]"),
        (data / "current", "b1\n"),
        (data / "builds" / "b1" / "build.json", "{}"),
        (data / "builds" / "b1" / "chroma" / "x.bin", "abc"),
        (data / "models" / "m" / "model.onnx", "weights"),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.setenv("GUIDANCE_DATA_DIR", str(data))
    monkeypatch.setenv("GUIDANCE_INGEST_CORPUS_DIR", str(corpus))
    unchanged.remember(data, unchanged.inputs(data, corpus), ["nothing, in " + unchanged.SECONDS])
    return data, corpus


def test_what_is_unchanged_is_told_with_the_time_it_took(
    folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert unchanged.tell_unchanged()
    assert re.fullmatch(r"nothing, in 0\.\d s\n", capsys.readouterr().out)


@pytest.mark.parametrize(
    "path",
    [
        "corpus/sources.yaml",
        "corpus/digests/new.md",
        "data/current",
        "data/builds/b1/build.json",
        "data/builds/b1/chroma/x.bin",
        "data/models/m/model.onnx",
        "data/added/a/file.md",
        "data/withdrawn.json",
    ],
)
def test_a_file_that_is_new_or_another_is_looked_into(folders: tuple[Path, Path], path: str) -> None:
    changed = folders[0].parent / path
    changed.parent.mkdir(parents=True, exist_ok=True)
    changed.write_text("something of another length", encoding="utf-8")
    assert not unchanged.tell_unchanged()


def test_a_file_that_is_gone_is_looked_into(folders: tuple[Path, Path]) -> None:
    (folders[0] / "models" / "m" / "model.onnx").unlink()
    assert not unchanged.tell_unchanged()


def test_a_change_of_the_same_length_shows_in_its_time(folders: tuple[Path, Path]) -> None:
    path = folders[1] / "sources.yaml"
    times = path.stat()
    path.write_text("{}", encoding="utf-8")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert not unchanged.tell_unchanged()


def test_chroma_may_touch_its_files(folders: tuple[Path, Path]) -> None:
    os.utime(folders[0] / "builds" / "b1" / "chroma" / "x.bin")
    assert unchanged.tell_unchanged()


def test_another_setting_is_looked_into(folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUIDANCE_INGEST_KEEP_BUILDS", "5")
    assert not unchanged.tell_unchanged()


def test_what_changed_while_a_build_ran_is_looked_into(folders: tuple[Path, Path]) -> None:
    data, corpus = folders
    before = unchanged.inputs(data, corpus)
    (corpus / "sources.yaml").write_text("[1]", encoding="utf-8")
    unchanged.remember(data, before, [])
    assert not unchanged.tell_unchanged()


def test_nothing_is_told_without_a_record_or_with_a_broken_one(folders: tuple[Path, Path]) -> None:
    record = folders[0] / "unchanged.json"
    record.write_text("{", encoding="utf-8")
    assert not unchanged.tell_unchanged()
    unchanged.forget(folders[0])
    assert not unchanged.tell_unchanged()


def test_damage_of_the_vector_store_shows_though_nothing_has_another_size(folders: tuple[Path, Path]) -> None:
    data, corpus = folders
    path = data / "builds" / "b1" / "chroma" / "chroma.sqlite3"
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE vectors (id TEXT)")
        database.commit()
    unchanged.remember(data, unchanged.inputs(data, corpus), [])
    assert unchanged.tell_unchanged()
    path.write_bytes(bytes(path.stat().st_size))
    assert not unchanged.tell_unchanged()


def test_a_set_reranker_is_read_too(folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    data, corpus = folders
    model = data.parent / "reranker" / "model.safetensors"
    model.parent.mkdir()
    model.write_text("one", encoding="utf-8")
    monkeypatch.setenv("GUIDANCE_INGEST_RERANKER", str(model.parent))
    unchanged.remember(data, unchanged.inputs(data, corpus), [])
    assert unchanged.tell_unchanged()
    model.write_text("another", encoding="utf-8")
    assert not unchanged.tell_unchanged()


def test_settings_count_in_any_case(folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GUIDANCE_DATA_DIR")
    monkeypatch.setenv("guidance_data_dir", str(folders[0]))
    assert unchanged.folders() == folders


def test_what_a_link_points_to_is_looked_into(folders: tuple[Path, Path]) -> None:
    data, corpus = folders
    elsewhere = data.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "digest.md").write_text("one", encoding="utf-8")
    (corpus / "digests").symlink_to(elsewhere)
    unchanged.remember(data, unchanged.inputs(data, corpus), [])
    (elsewhere / "digest.md").write_text("another", encoding="utf-8")
    assert not unchanged.tell_unchanged()


def test_a_link_to_nowhere_is_no_error(folders: tuple[Path, Path]) -> None:
    (folders[1] / ".#digest.md").symlink_to("me@host.123")
    assert not unchanged.tell_unchanged()
