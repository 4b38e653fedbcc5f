"""Building, changing and withdrawing, over the shipped corpus and the real stores."""

import json
import re
import time
from pathlib import Path

import pytest
from conftest import run_module

from assistant.adapters.build_folder import builds_folder, read_current, read_passages
from assistant.assembly import ServingAssistant
from assistant.settings import AssistantSettings
from ingest import versions

DIGEST = Path("digests/loti/loti-tender-wording-data-access.md")
QUESTION = "Can a supplier charge us to get our own data out?"


def embedded(output: str) -> int:
    found = re.search(r"(\d+)\s+texts\s+embedded", output)
    assert found, output
    return int(found[1])


def test_every_passage_of_the_build_is_stored_and_finds_itself(built_data: Path) -> None:
    done = run_module(built_data, "ingest", "verify")
    assert done.returncode == 0, done.stderr
    assert "is whole" in done.stdout


@pytest.mark.alone
def test_an_unchanged_corpus_embeds_nothing_keeps_its_build_and_is_quick(built_data: Path) -> None:
    before = read_current(built_data)
    began = time.monotonic()
    done = run_module(built_data, "ingest", "build")
    seconds = time.monotonic() - began
    assert done.returncode == 0, done.stderr
    assert embedded(done.stdout) == 0
    assert "nothing had changed" in done.stdout
    assert read_current(built_data) == before
    assert seconds < 5


def test_changing_one_digest_embeds_only_what_changed(own_data: Path, own_corpus: Path) -> None:
    before = {passage.id for passage in read_passages(builds_folder(own_data) / read_current(own_data))}
    path = own_corpus / DIGEST
    text = path.read_text(encoding="utf-8")
    old = "LOTI aims its tender wording at IT, digital, procurement and service teams."
    assert old in text
    path.write_text(
        text.replace(old, "LOTI aims its tender wording at zebra keepers and service teams."), encoding="utf-8"
    )
    done = run_module(own_data, "ingest", "build", corpus=own_corpus)
    assert done.returncode == 0, done.stderr
    assert "1 updated, 131 unchanged" in done.stdout
    after = {passage.id for passage in read_passages(builds_folder(own_data) / read_current(own_data))}
    assert len(after - before) == len(before - after) == 1
    # The passage and the one sentence in it that changed.
    assert embedded(done.stdout) == 2


def test_withdrawing_a_source_leaves_no_trace_of_its_text(own_data: Path) -> None:
    text = b"lets the council recover data entered in the system at no extra cost"
    before = builds_folder(own_data) / read_current(own_data)
    assert any(text in file.read_bytes() for file in before.rglob("*") if file.is_file())
    for run, held in (("with", "loti-tender-wording-data-access"), ("without", "another-source")):
        (own_data / "evals" / run).mkdir(parents=True)
        (own_data / "evals" / run / "held.json").write_text(json.dumps({"sources": {held: {}}}), encoding="utf-8")
    (own_data / "evals" / "with" / "answers.jsonl").write_bytes(text)
    done = run_module(own_data, "ingest", "withdraw", "loti-tender-wording-data-access")
    assert done.returncode == 0, done.stderr
    assert "1 withdrawn" in done.stdout
    for file in own_data.rglob("*"):
        assert not file.is_file() or text not in file.read_bytes(), file
    assert [run.name for run in (own_data / "evals").iterdir()] == ["without"]
    answer = run_module(own_data, "assistant", QUESTION, "--json")
    assert answer.returncode == 0
    assert "loti-tender-wording-data-access" not in answer.stdout
    assert run_module(own_data, "ingest", "rollback").returncode == 1
    done = run_module(own_data, "ingest", "restore", "loti-tender-wording-data-access")
    assert "1 created" in done.stdout
    assert "loti-tender-wording-data-access" in run_module(own_data, "assistant", QUESTION, "--json").stdout


def test_rollback_serves_the_build_before(own_data: Path, own_corpus: Path) -> None:
    first = read_current(own_data)
    (own_corpus / DIGEST).write_text(
        (own_corpus / DIGEST).read_text(encoding="utf-8") + "\nLOTI keeps no zebras.\n", encoding="utf-8"
    )
    assert run_module(own_data, "ingest", "build", corpus=own_corpus).returncode == 0
    assert read_current(own_data) != first
    done = run_module(own_data, "ingest", "rollback")
    assert done.returncode == 0, done.stderr
    assert read_current(own_data) == first


def test_a_running_reader_follows_the_switch_and_keeps_answering(own_data: Path, own_corpus: Path) -> None:
    serving = ServingAssistant(AssistantSettings(data_dir=own_data))
    before = serving.current()
    (own_corpus / DIGEST).write_text(
        (own_corpus / DIGEST).read_text(encoding="utf-8") + "\nLOTI keeps no zebras.\n", encoding="utf-8"
    )
    assert run_module(own_data, "ingest", "build", corpus=own_corpus).returncode == 0
    # A request that began before the switch goes on in its own build.
    assert before.ask(QUESTION).build_id == before.index.info.id
    after = serving.current()
    assert after.index.info.id == read_current(own_data) != before.index.info.id
    assert "LOTI keeps no zebras." in [statement.text for statement in after.ask("Does LOTI keep zebras?").statements]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda corpus: (corpus / DIGEST).unlink(), "loti-tender-wording-data-access.md is missing"),
        (lambda corpus: (corpus / "sources.yaml").write_text("- id: a\n  colour: red\n"), "unknown field 'colour'"),
        (lambda corpus: (corpus / "sources.yaml").unlink(), "There is no file"),
    ],
)
def test_a_wrong_manifest_builds_nothing_and_leaves_the_serving_build(
    own_data: Path, own_corpus: Path, change: object, message: str
) -> None:
    before = read_current(own_data)
    change(own_corpus)
    done = run_module(own_data, "ingest", "build", corpus=own_corpus)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert read_current(own_data) == before
    assert run_module(own_data, "assistant", QUESTION).returncode == 0


def test_a_digest_that_cannot_be_read_stops_no_other(own_data: Path, own_corpus: Path) -> None:
    (own_corpus / DIGEST).write_text("---\nsource: loti-tender-wording-data-access\n---\n# Empty\n", encoding="utf-8")
    done = run_module(own_data, "ingest", "build", corpus=own_corpus)
    assert done.returncode == 1
    assert "failed: loti-tender-wording-data-access" in done.stderr
    assert "131 unchanged" in done.stdout


def test_two_ingest_commands_at_once_one_is_refused(own_data: Path) -> None:
    with versions.writing(own_data):
        began = time.monotonic()
        done = run_module(own_data, "ingest", "build")
    assert done.returncode == 1
    assert "Another ingest command" in done.stderr
    assert time.monotonic() - began < 10


def damage(folder: Path, name: str) -> None:
    path = folder / name
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.is_file():
                file.unlink()
    elif name == "build.json":
        path.write_text("{", encoding="utf-8")
    else:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize(
    "part",
    ["build.json", "sources.json", "passages.jsonl", "passage_vectors.npy", "sentence_vectors.npy", "chroma", "bm25"],
)
def test_a_damaged_build_is_named_with_the_remedy_and_another_build_mends_it(own_data: Path, part: str) -> None:
    damage(builds_folder(own_data) / read_current(own_data), part)
    done = run_module(own_data, "assistant", QUESTION)
    assert done.returncode == 1
    assert "python -m ingest build" in done.stderr
    assert "Traceback" not in done.stderr
    mended = run_module(own_data, "ingest", "build")
    assert mended.returncode == 0, mended.stderr
    assert run_module(own_data, "assistant", QUESTION).returncode == 0


def test_no_build_yet_says_how_to_make_one(tmp_path: Path) -> None:
    for module, arguments in (
        ("assistant", [QUESTION]),
        ("ingest", ["status"]),
        ("ingest", ["verify"]),
        ("ingest", ["rollback"]),
    ):
        done = run_module(tmp_path / "none", module, *arguments)
        assert done.returncode == 1
        assert "python -m ingest build" in done.stderr


def test_a_changed_model_file_is_refused_and_the_remedy_works(own_data: Path) -> None:
    [model] = (own_data / "models").glob("*/queries.onnx")
    content = bytearray(model.read_bytes())
    content[1000] ^= 1
    model.write_bytes(content)
    done = run_module(own_data, "assistant", QUESTION)
    assert done.returncode == 1
    assert "queries.onnx is not the one this build was made with" in done.stderr
    assert run_module(own_data, "ingest", "build").returncode == 0
    assert run_module(own_data, "assistant", QUESTION).returncode == 0


def test_status_lists_builds_and_sources(built_data: Path) -> None:
    done = run_module(built_data, "ingest", "status")
    assert done.returncode == 0, done.stderr
    assert read_current(built_data) in done.stdout
    assert "loti-tender-wording-data-access" in done.stdout


@pytest.mark.parametrize("module", ["assistant", "ingest", "api"])
def test_help_is_there(built_data: Path, module: str) -> None:
    done = run_module(built_data, module, "--help")
    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout
