"""`evals grounding` and `evals train-verifier`: reading sets, measuring them, and refusing what can't be used."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from evals.__main__ import app
from evals.bench.grounding import ClaimsError, measure_grounding, measures, read_sets
from evals.bench.train_verifier import SIGNS, fit, train
from evals.bench.verifier_figure import draw

EVIDENCE = ["The council buys pens in May. It pays within 30 days. It never buys chairs."]
GOOD, WRONG = "Within 30 days the council pays.", "Zebras were sold to Bristol for £99."


def row(number: int, claim: str, label: int, **meta: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "group": f"g{number // 2}",
        "claim": claim,
        "evidence": EVIDENCE,
        "label": label,
        "meta": meta,
    }


def write(path: Path, rows: list[Any]) -> Path:
    path.write_bytes(gzip.compress("\n".join(json.dumps(each) for each in rows).encode()))
    return path


def pairs(count: int = 12) -> list[dict[str, Any]]:
    return [row(number, WRONG if number % 2 else GOOD, 1 - number % 2) for number in range(count)]


def test_measures_are_those_of_the_products_decision(tmp_path: Path) -> None:
    measured = measure_grounding([write(tmp_path / "ours_dev.jsonl.gz", pairs())])
    assert measured == {"ours_dev": {"n": 12, "auroc": 1.0, "balanced_accuracy": 1.0, "unsupported_recall_at_5": 1.0}}


def test_measures_by_hand() -> None:
    supported = np.array([True, True, False, False])
    probabilities = np.array([0.9, 0.4, 0.5, 0.1])
    found = measures(supported, probabilities, probabilities >= 0.5)
    assert found == {"auroc": 0.75, "balanced_accuracy": 0.5, "unsupported_recall_at_5": 0.5}


def test_sentences_are_put_together_to_their_responses(tmp_path: Path) -> None:
    rows = [
        row(number, WRONG if number == 3 else GOOD, int(number != 3), types=["Conflict"] if number == 3 else [])
        for number in range(6)
    ]
    single, responses = read_sets(write(tmp_path / "a.jsonl.gz", rows))
    assert (single.name, len(single.claims)) == ("a", 6)
    assert (responses.name, [each.supported for each in responses.claims]) == ("a/responses", [True, False, True])
    assert responses.claims[1].text == f"{GOOD}\n{WRONG}"
    assert responses.claims[1].types == ("Conflict",)
    assert measure_grounding([tmp_path / "a.jsonl.gz"])["a"]["by_type"] == {
        "Conflict": {"n": 1, "recall": 1.0, "recall_at_5": 1.0}
    }


def test_responses_are_parted_into_sentences_by_their_spans(tmp_path: Path) -> None:
    text = f"{GOOD} {WRONG} {GOOD}"
    start = text.index(WRONG)
    rows = [row(0, text, 0, spans=[[start + 3, start + 9, "Baseless", False]]), row(2, GOOD, 1, spans=[])]
    whole, sentences = read_sets(write(tmp_path / "a.jsonl.gz", rows))
    assert [each.types for each in whole.claims] == [("Baseless",), ()]
    assert sentences.name == "a/sentences"
    assert [(each.text, each.supported) for each in sentences.claims] == [
        (GOOD, True),
        (WRONG, False),
        (GOOD, True),
        (GOOD, True),
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "There is no file"),
        (b"", "holds no claims"),
        (b"no gzip", "can't be read"),
        # Without the time, which would stand in the tests' names.
        (gzip.compress(b"", mtime=0), "holds no claims"),
        (gzip.compress(b"{", mtime=0), "can't be read"),
        (gzip.compress(json.dumps(row(0, GOOD, 1)).encode(), mtime=0)[:-6], "can't be read"),
        (gzip.compress(b"[1]", mtime=0), "a row is an object"),
        (gzip.compress(json.dumps(row(0, " ", 1)).encode(), mtime=0), "“claim”"),
        (gzip.compress(json.dumps(row(0, GOOD, 1) | {"evidence": "text"}).encode(), mtime=0), "“evidence”"),
        (gzip.compress(json.dumps(row(0, GOOD, 2)).encode(), mtime=0), "“label”"),
        (gzip.compress(json.dumps(row(0, GOOD, 1)).encode(), mtime=0), "only one label"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    file = tmp_path / "set.jsonl.gz"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ClaimsError, match=said):
        read_sets(file)
    done = CliRunner().invoke(app, ["grounding", str(file)])
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr


def test_the_command_prints_one_json_object(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["grounding", str(write(tmp_path / "a.jsonl.gz", pairs())), "--json"])
    assert done.exit_code == 0
    assert set(json.loads(done.stdout)["a"]) == {"n", "auroc", "balanced_accuracy", "unsupported_recall_at_5"}


def test_fitting_keeps_signs_and_reports_held_out_sets(tmp_path: Path) -> None:
    files = [write(tmp_path / f"{name}_dev.jsonl.gz", pairs(20)) for name in ("one", "two")]
    lines: list[str] = []
    model, curves = train(files, lines.append)
    assert set(model["weights"]) == set(SIGNS)
    assert all(SIGNS[name] * weight >= 0 for name, weight in model["weights"].items())
    assert set(curves) == {"one_dev", "two_dev"}
    assert any(line.startswith("one_dev") for line in lines)
    for path in (tmp_path / "a.svg", tmp_path / "b.svg"):
        draw(curves, model["threshold"], path)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_a_signal_that_speaks_against_its_sign_gets_no_weight() -> None:
    generator = np.random.default_rng(0)
    supported = generator.random(400) < 0.5
    features = generator.normal(size=(400, len(SIGNS)))
    features[:, 0] += supported
    features[:, 3] += supported
    weights = fit(features, supported, np.ones(400))[1:]
    assert weights[0] > 0
    assert weights[3] == 0


def test_fitting_needs_two_families(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["train-verifier", str(write(tmp_path / "one_dev.jsonl.gz", pairs()))])
    assert done.exit_code == 1
    assert "two families" in done.stderr
