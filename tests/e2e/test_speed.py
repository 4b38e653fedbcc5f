"""`python -m evals speed` from end to end, over a tiny corpus."""

import json
import shutil
from pathlib import Path

import pytest
import yaml
from conftest import PROJECT, run_module

SOURCES = 3
MEASURES = (
    "cold_start",
    "memory",
    "latency_p50",
    "latency_p95",
    "build_time",
    "unchanged_rebuild",
    "answers_per_second",
)


def tiny_corpus(folder: Path) -> Path:
    """The first sources of the shipped corpus that are on their own, with their digests, and no terms or conflicts."""
    shipped = yaml.safe_load((PROJECT / "corpus" / "sources.yaml").read_text(encoding="utf-8"))
    kept = [row for row in shipped if not row.get("superseded_by")][:SOURCES]
    folder.mkdir()
    (folder / "sources.yaml").write_text(yaml.safe_dump(kept, sort_keys=False), encoding="utf-8")
    for name in ("terms.yaml", "conflicts.yaml"):
        (folder / name).write_text("[]\n", encoding="utf-8")
    for row in kept:
        [digest] = (PROJECT / "corpus" / "digests").rglob(f"{row['id']}.md")
        copy = folder / digest.relative_to(PROJECT / "corpus")
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(digest, copy)
    return folder


@pytest.mark.alone
def test_a_quick_run_measures_both_sides(built_data: Path, tmp_path: Path) -> None:
    before = sorted(built_data.rglob("*"))
    corpus = tiny_corpus(tmp_path / "corpus")
    done = run_module(
        built_data, "evals", "speed", "--quick", "--json", "--plots", str(tmp_path / "figures"), corpus=corpus
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["text"]["documents"] == SOURCES
    for side in ("ours", "vanilla", "ratio"):
        assert all(found[side][name] > 0 for name in MEASURES), side
        assert set(found[side]["clients"]) == {"1", "8"}
    for name in MEASURES:
        assert abs(found["ratio"][name] * found["vanilla"][name] / found["ours"][name] - 1) < 0.01
    assert all(found["growth"][size]["ours"]["latency_p50"] > 0 for size in ("200", "400"))
    assert all(bar["met"] in (True, False) for bar in found["bars"].values())
    # Loose: a machine that does other things at the same time must not fail this, a product that imports torch must.
    assert found["ratio"]["cold_start"] < 1
    assert found["ratio"]["memory"] < 0.75
    assert sorted(path.name for path in (tmp_path / "figures").iterdir()) == ["speed-growth.svg", "speed-load.svg"]
    assert sorted(built_data.rglob("*")) == before
