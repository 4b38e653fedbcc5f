"""A build with models of somebody's own, over part of the shipped corpus: built, verified, asked, switched, refused."""

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml
from conftest import PROJECT, run_module
from tiny_models import make_cross_encoder, make_embedding_model

from assistant.adapters.build_folder import builds_folder, read_current, read_info
from assistant.assembly import open_assistant
from assistant.build_info import BuildInfo
from assistant.settings import AssistantSettings

QUESTION = "Can a supplier charge us to get our own data out?"
ANSWER_ALL = {"GUIDANCE_EVIDENCE_THRESHOLD": "0"}


@pytest.fixture
def small_corpus(tmp_path: Path) -> Path:
    """Four sources of the shipped corpus."""
    corpus = tmp_path / "corpus"
    rows = yaml.safe_load((PROJECT / "corpus" / "sources.yaml").read_text(encoding="utf-8"))
    kept = [row for row in rows if row["publisher"] == "LOTI" and not row["superseded_by"]][:4]
    (corpus / "digests" / "loti").mkdir(parents=True)
    for row in kept:
        shutil.copy(PROJECT / "corpus" / "digests" / "loti" / f"{row['id']}.md", corpus / "digests" / "loti")
    (corpus / "sources.yaml").write_text(yaml.safe_dump(kept, allow_unicode=True), encoding="utf-8")
    for name in ("terms.yaml", "conflicts.yaml"):
        (corpus / name).write_text("[]", encoding="utf-8")
    return corpus


def embedded(output: str) -> int:
    found = re.search(r"(\d+)\s+texts\s+embedded", output)
    assert found, output
    return int(found[1])


def serving(data: Path) -> BuildInfo:
    return read_info(builds_folder(data) / read_current(data))


def test_models_of_ones_own_build_answer_switch_and_are_refused_where_they_do_not_fit(
    small_corpus: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    prompts = {"query": "query: ", "passage": "passage: "}
    prompted = make_embedding_model(tmp_path / "prompted", pooling="cls", tokens=96, lower=False, prompts=prompts)
    byte_level = make_embedding_model(tmp_path / "byte-level", kind="roberta", dense=48, normalise=False)
    reranker = make_cross_encoder(tmp_path / "cross-encoder")

    def build(**settings: str) -> str:
        done = run_module(data, "ingest", "build", corpus=small_corpus, settings=settings)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def ask() -> str:
        done = run_module(data, "assistant", QUESTION, "--json", settings=ANSWER_ALL)
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        assert answer["build_id"] == read_current(data)
        assert answer["citations"]
        return str(answer["build_id"])

    first = build(GUIDANCE_INGEST_MODEL=str(prompted))
    assert "caution: prompted is not the model that the evidence and its threshold were calibrated for" in first
    assert "caution: prompted reads 96 tokens" in first
    assert (serving(data).model_id, serving(data).dimensions, serving(data).reranker) == ("prompted", 32, None)
    assert run_module(data, "ingest", "verify").returncode == 0
    ask()
    assert "nothing had changed" in build(GUIDANCE_INGEST_MODEL=str(prompted))

    both = {"GUIDANCE_INGEST_MODEL": str(byte_level), "GUIDANCE_INGEST_RERANKER": str(reranker)}
    second = build(**both)
    assert embedded(second) == embedded(first) > 0
    assert "calibrated without reranking" in second
    assert (serving(data).model_id, serving(data).dimensions) == ("byte-level", 48)
    named = serving(data).reranker
    assert named is not None
    assert named.model_id == "cross-encoder"
    assert "reranked by cross-encoder" in run_module(data, "ingest", "status", corpus=small_corpus).stdout
    ask()
    hits = open_assistant(AssistantSettings(data_dir=data, reranked=5)).search(QUESTION)[1].hits
    assert [hit.relevance is not None for hit in hits] == [True] * 5 + [False] * 5

    # What serves must be what the build was made with: another export in its place is refused.
    exported = data / "models" / named.weights_sha256[:16]
    exported.rename(tmp_path / "kept")
    assert "can't be read" in refused(data)
    shutil.copytree(data / "models" / serving(data).model_weights_sha256[:16], exported)
    assert "is not the one this build was made with" in refused(data)
    shutil.rmtree(exported)
    build(**both)
    ask()

    assert embedded(build(GUIDANCE_INGEST_MODEL=str(prompted))) == embedded(first)
    assert (serving(data).model_id, serving(data).dimensions, serving(data).reranker) == ("prompted", 32, None)
    ask()


def refused(data: Path) -> str:
    done = run_module(data, "assistant", QUESTION)
    assert done.returncode == 1
    assert "python -m ingest build" in done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_model_folder_that_is_not_there_changes_nothing(small_corpus: Path, tmp_path: Path) -> None:
    for setting in ("GUIDANCE_INGEST_MODEL", "GUIDANCE_INGEST_RERANKER"):
        done = run_module(
            tmp_path / "data", "ingest", "build", corpus=small_corpus, settings={setting: str(tmp_path / "none")}
        )
        assert done.returncode == 1
        assert f"{setting} names a folder with a" in done.stderr
        assert "Traceback" not in done.stderr
        assert not (tmp_path / "data" / "current").exists()
