"""`evals reading`: the extractive answer to a question and its passage against the human answer, and refusal where there is none."""

import gzip
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from rouge_score import rouge_scorer

from assistant.answer import Assistant
from assistant.compose import compose
from assistant.types import Filters
from evals.bench.beir import as_document, bench_source
from evals.bench.bench_index import Tools, bench_assistant
from evals.bench.metrics import auroc
from ingest.chunk import passages
from ingest.content import Content

FALSE_REFUSALS = {"refused_at_5": 0.05, "refused_at_10": 0.10}


def read_rows(file: Path) -> list[dict[str, Any]]:
    """Rows of `_id`, `question`, `passages` and `answer` (null where the passage does not answer), as gzip JSON lines."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def reading_assistant(rows: Sequence[dict[str, Any]], tools: Tools) -> Assistant:
    """The product over all passages of a set.

    Each row's are under a publisher of its own, so that a filter gives a question its passage.
    """
    documents = []
    for row in rows:
        for place, passage in enumerate(row["passages"]):
            source = replace(bench_source(f"{row['_id']}-{place}", passage["title"]), publisher=str(row["_id"]))
            documents.append((source, passages(as_document(passage["text"]), source)))
    return bench_assistant(tools, Content(documents=documents))


def own_passage(row: dict[str, Any]) -> Filters:
    """The filter that leaves a row's own passages."""
    return Filters(publishers=(str(row["_id"]),))


def measure_reading(file: Path, tools: Tools) -> dict[str, Any]:
    """ROUGE of the quotes where there is a human answer; AUROC of refusing, and what is refused, where there is none."""
    rows = read_rows(file)
    assistant = reading_assistant(rows, tools)
    scorer = rouge_scorer.RougeScorer(["rougeL", "rouge1"], use_stemmer=True)
    rouge_l, recall, words = [], [], []
    probabilities: list[float] = []
    for row in rows:
        question, retrieval, evidence = assistant.search(row["question"], filters=own_passage(row))
        probabilities.append(evidence.probability)
        if row["answer"] is not None:
            statements, _ = compose([(question, retrieval)], assistant.index, words=tools.settings.quote_words)
            text = " ".join(statement.text for statement in statements)
            scores = scorer.score(row["answer"], text)
            rouge_l.append(scores["rougeL"].fmeasure)
            recall.append(scores["rouge1"].recall)
            words.append(len(text.split()))
    answerable = np.array([row["answer"] is not None for row in rows])
    return {
        "questions": len(rows),
        "rouge_l": round(float(np.mean(rouge_l)), 4),
        "rouge_1_recall": round(float(np.mean(recall)), 4),
        "words": round(float(np.mean(words)), 1),
        **refusal(answerable, np.array(probabilities), tools.settings.evidence_threshold),
    }


def refusal(
    answerable: np.ndarray[Any, Any], probabilities: np.ndarray[Any, Any], threshold: float
) -> dict[str, float]:
    """Refusal as such (AUROC; unanswerable refused where 5 % or 10 % of answerable are), and what the shipped threshold refuses."""
    found = {"refusal_auroc": auroc(answerable, probabilities)}
    for name, share in FALSE_REFUSALS.items():
        cut = np.quantile(probabilities[answerable], share)
        found[name] = float((probabilities[~answerable] < cut).mean())
    found["refused_unanswerable"] = float((probabilities[~answerable] < threshold).mean())
    found["refused_answerable"] = float((probabilities[answerable] < threshold).mean())
    return {name: round(value, 4) for name, value in found.items()}
