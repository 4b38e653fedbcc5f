"""Keeping the corpus right: originals before digests, copies indexed once, preview, check, terms and conflicts in every build."""

import json
from pathlib import Path

import pytest
from conftest import run_module

from assistant.adapters.build_folder import builds_folder, read_current, read_passages
from assistant.assembly import open_assistant
from assistant.settings import AssistantSettings
from assistant.types import ContentKind

SOURCE = "loti-tender-wording-data-access"
EXPORT = """# Tender wording

## Getting data out
Zebra Systems must hand every record back to the borough within ten working days. The borough pays nothing for that export of its records.

## Interfaces
Every screen of the product has an interface behind it that the borough may call. The supplier documents each interface in plain words.
"""


def test_an_exported_original_is_preferred_to_the_digest_and_goes_when_the_source_is_withdrawn(
    own_data: Path, tmp_path: Path
) -> None:
    file = tmp_path / "export.md"
    file.write_text(EXPORT, encoding="utf-8")
    done = run_module(own_data, "ingest", "add", str(file), "--id", SOURCE, "--publisher", "LOTI")
    assert done.returncode == 0, done.stderr
    assert "1 updated, 131 unchanged" in done.stdout
    answer = open_assistant(AssistantSettings(data_dir=own_data)).ask(
        "How soon must Zebra Systems hand every record back?"
    )
    assert answer.citations[0].source_id == SOURCE
    assert answer.citations[0].content is ContentKind.ORIGINAL
    assert "within ten working days" in answer.statements[0].text
    assert run_module(own_data, "ingest", "withdraw", SOURCE).returncode == 0
    for found in own_data.rglob("*"):
        assert not found.is_file() or b"within ten working days" not in found.read_bytes(), found


def test_two_editions_of_one_guide_are_indexed_once(own_data: Path, shared: Path) -> None:
    folder = shared / "samples" / "markdown"
    editions = [folder / "3-budgeting-tech.md", folder / "state-field-guide-old.md"]
    done = run_module(own_data, "ingest", "add", *map(str, editions), "--publisher", "Field guide")
    assert done.returncode == 0, done.stderr
    passages = [
        each
        for each in read_passages(builds_folder(own_data) / read_current(own_data))
        if each.source_id.startswith("field-guide")
    ]
    texts = [" ".join(each.text.split()) for each in passages]
    assert len(texts) == len(set(texts))
    assert {each.source_id for each in passages if "emos" in each.text}
    answer = open_assistant(AssistantSettings(data_dir=own_data)).ask("Why require demos, not memos?")
    quotes = [statement.text for statement in answer.statements]
    assert len(quotes) == len(set(quotes))


def test_preview_names_what_a_build_would_change_and_changes_nothing(own_data: Path, own_corpus: Path) -> None:
    before = read_current(own_data)
    digest = own_corpus / "digests" / "loti" / f"{SOURCE}.md"
    digest.write_text(
        digest.read_text(encoding="utf-8") + "\n## Zebras\n<!-- provenance: document -->\nLOTI keeps no zebras.\n",
        encoding="utf-8",
    )
    done = run_module(own_data, "ingest", "preview", corpus=own_corpus)
    assert done.returncode == 0, done.stderr
    assert SOURCE in done.stdout
    assert "LOTI keeps no zebras." in done.stdout
    assert read_current(own_data) == before
    assert "Nothing differs" in run_module(own_data, "ingest", "preview").stdout


def test_the_shipped_corpus_passes_its_own_check(built_data: Path) -> None:
    done = run_module(built_data, "ingest", "check")
    assert done.returncode == 0, done.stdout
    assert "132 digests checked, 0 findings" in done.stdout


@pytest.mark.parametrize(
    ("sentence", "word"),
    [("It must be returned.", "It"), ("See https://loti.london/resources now for LOTI's wording.", "link")],
)
def test_a_sentence_that_breaks_the_house_rules_is_named_with_its_line(
    built_data: Path, own_corpus: Path, sentence: str, word: str
) -> None:
    digest = own_corpus / "digests" / "loti" / f"{SOURCE}.md"
    digest.write_text(
        digest.read_text(encoding="utf-8") + f"\n## More on zebras\n<!-- provenance: document -->\n{sentence}\n",
        encoding="utf-8",
    )
    done = run_module(built_data, "ingest", "check", corpus=own_corpus)
    assert done.returncode == 1
    assert f"{SOURCE}.md" in done.stdout
    assert word.lower() in done.stdout.lower()


@pytest.mark.parametrize(
    ("file", "content"), [("terms.yaml", "- term: X\n  colour: red\n"), ("conflicts.yaml", "- id: x\n")]
)
def test_a_wrong_list_builds_nothing(own_data: Path, own_corpus: Path, file: str, content: str) -> None:
    before = read_current(own_data)
    (own_corpus / file).write_text(content, encoding="utf-8")
    done = run_module(own_data, "ingest", "build", corpus=own_corpus)
    assert done.returncode == 1
    assert file in done.stderr
    assert "nothing was built" in done.stderr
    assert read_current(own_data) == before


def test_what_rests_on_a_withdrawn_source_leaves_terms_and_conflicts_too(own_data: Path) -> None:
    source = "connected-places-catapult-innovation-procurement"
    held = json.loads((builds_folder(own_data) / read_current(own_data) / "conflicts.json").read_text(encoding="utf-8"))
    assert any(position["source"] == source for each in held for position in each["positions"])
    assert run_module(own_data, "ingest", "withdraw", source).returncode == 0
    folder = builds_folder(own_data) / read_current(own_data)
    for name in ("conflicts.json", "terms.json"):
        assert source not in (folder / name).read_text(encoding="utf-8")


def test_fetching_without_a_connection_says_so_and_keeps_everything(own_data: Path) -> None:
    before = read_current(own_data)
    done = run_module(own_data, "ingest", "fetch", "not-a-source")
    assert done.returncode == 1
    assert "There is no shipped source not-a-source" in done.stderr
    assert read_current(own_data) == before
