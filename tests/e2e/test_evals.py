"""The suite over the shipped corpus: the run, the gate that CI closes, the selftest, a server, and an author's edit."""

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import run_module
from test_api_server import running_server

from assistant.assembly import open_assistant
from assistant.settings import AssistantSettings
from evals.ask import NO_CONVERSATIONS, InProcess, OverHttp
from evals.cases import read_cases
from evals.score import score

DIGEST = Path("digests") / "loti" / "loti-tender-wording-data-access.md"


@pytest.fixture(scope="module")
def run(built_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one run of all cases."""
    data = tmp_path_factory.mktemp("run") / "data"
    shutil.copytree(built_data, data)
    done = run_module(data, "evals", "run", "--show", "0")
    assert done.returncode == 0, done.stderr
    return data


def evals(data: Path, *arguments: str) -> str:
    done = run_module(data, "evals", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def refused(data: Path, *arguments: str) -> str:
    done = run_module(data, "evals", *arguments)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def test_the_shipped_corpus_passes_the_gate(run: Path) -> None:
    assert "The gate is open." in evals(run, "gate")


def test_every_mutation_of_the_real_answers_is_noticed(run: Path) -> None:
    said = evals(run, "selftest")
    assert said.count("\nnoticed: ") + said.startswith("noticed: ") == 9
    assert "NOT NOTICED" not in said


def test_scoring_again_gives_the_same_in_little_time(run: Path) -> None:
    [folder] = (run / "evals").iterdir()
    before = json.loads((folder / "scores.json").read_bytes())
    began = time.monotonic()
    evals(run, "score", "--show", "0")
    # 5 s on an idle machine; tests share theirs.
    assert time.monotonic() - began <= 15
    assert json.loads((folder / "scores.json").read_bytes()) == before


def test_the_log_is_read_by_inspect_and_has_every_case(run: Path) -> None:
    [log] = (run / "evals").glob("*/*.eval")
    command = [str(Path(sys.executable).with_name("inspect")), "log", "dump", "--header-only", str(log)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    header = json.loads(done.stdout)
    assert (header["status"], header["results"]["completed_samples"]) == ("success", len(read_cases()))


def test_the_report_is_one_page(run: Path) -> None:
    written = evals(run, "report").split()
    page, summary = (Path(each).read_text(encoding="utf-8") for each in written)
    assert "The gate is open." in page
    assert not re.search(r"(?:src|href)=\"(?!#)", page)
    assert "| Status accuracy |" in summary


def test_what_goes_unanswered_is_listed_and_a_case_is_drafted(run: Path, tmp_path: Path) -> None:
    asked = tmp_path / "asked.txt"
    asked.write_text("Who audits parish councils' software escrow deposits?\n", encoding="utf-8")
    assert "questions without an answer" in evals(run, "gaps", "--questions", str(asked))
    draft = evals(run, "new", "Can a supplier charge us to get our own data out?")
    folder = tmp_path / "cases"
    folder.mkdir()
    (folder / "draft.yaml").write_text(draft, encoding="utf-8")
    assert "author: is still to be filled in" in refused(run, "check", "--cases", str(folder))
    (folder / "draft.yaml").write_text(draft.replace("FILL IN: ", ""), encoding="utf-8")
    assert "1 cases checked, 0 findings" in evals(run, "check", "--cases", str(folder))


def test_an_author_edits_a_digest_and_sees_what_changes(run: Path, own_corpus: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(run, data)
    digest = own_corpus / DIGEST
    text = digest.read_text(encoding="utf-8")
    edited = text.replace("must not unreasonably withhold its APIs", "may refuse its APIs only with a good reason")
    assert edited != text
    digest.write_text(edited, encoding="utf-8")
    assert run_module(data, "ingest", "build", corpus=own_corpus).returncode == 0
    stale = "(loti-api-refuse): stale: the quote 'unreasonably withhold' stands nowhere. The nearest now: "
    assert stale in refused(data, "check")
    impact = json.loads(evals(data, "impact", "--json"))
    assert "loti-api-refuse" in {change["case"] for change in impact["changes"]}
    assert "serves now. Run the cases again" in refused(data, "gate")
    assert run_module(data, "evals", "run", "--show", "0").returncode == 0
    closed = refused(data, "gate")
    assert "stale cases: 1" in closed
    assert "loti-api-refuse" in closed


def test_without_a_build_or_with_bad_cases_nothing_is_half_written(tmp_path: Path, built_data: Path) -> None:
    assert "Make one: python -m ingest build" in refused(tmp_path / "none", "run")
    cases = tmp_path / "cases"
    cases.mkdir()
    (cases / "empty.yaml").write_text("", encoding="utf-8")
    assert "empty.yaml: is empty" in refused(tmp_path / "none", "run", "--cases", str(cases))
    assert not (tmp_path / "none").exists()
    assert "There is no run" in refused(tmp_path / "none", "gate")
    assert "There is no build before" in refused(built_data, "impact")


FOLLOW_UP = next(case for case in read_cases() if case.id == "loti-api-charge-follow-up")


def test_follow_ups_are_not_asked_where_a_server_keeps_no_conversations(built_data: Path, tmp_path: Path) -> None:
    with (
        running_server(built_data, tmp_path / "log", GUIDANCE_API_RETENTION_DAYS="0") as server,
        OverHttp(server.address) as channel,
    ):
        followed = channel.ask(FOLLOW_UP)
        assert followed.error == NO_CONVERSATIONS
        assert not score(FOLLOW_UP, followed, channel.held()).passed


def test_a_running_server_scores_as_the_product_in_process(built_data: Path, tmp_path: Path) -> None:
    cases = {case.id: case for case in read_cases()}
    chosen = [cases["loti-data-out-charge"], cases["misuse-backdate"]]
    product = open_assistant(AssistantSettings(data_dir=built_data))
    with running_server(built_data, tmp_path / "log") as server, OverHttp(server.address) as channel:
        channel.check()
        held = channel.held()
        for case in chosen:
            record = channel.ask(case)
            assert record.answer is not None
            assert record.answer["status"] == product.ask(case.question).status
            found = score(case, record, held)
            assert found.values.get("verbatim_rate", 1.0) == 1.0
            assert "mrr" not in found.values
        followed = channel.ask(FOLLOW_UP)
        asked = InProcess(product).ask(FOLLOW_UP)
        assert followed.answer is not None
        assert asked.answer is not None
        assert [each["text"] for each in followed.answer["statements"]] == [
            each["text"] for each in asked.answer["statements"]
        ]
        with server.client() as client:
            left = client.get(f"/v1/conversations/{followed.answer['conversation_id']}")
        assert left.status_code == 404
        empty = channel.ask(chosen[0].model_copy(update={"question": " "}))
        assert empty.answer is not None
        assert empty.answer["status"] == "clarify"
