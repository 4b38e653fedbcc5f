"""`evals retrieval` and `evals dialogue`: the product's retrieval beside the usual pipelines, on BEIR-format sets."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.answer import Assistant
from assistant.errors import QuestionError
from assistant.evidence import judge
from assistant.types import Retrieval, Turn
from evals.bench.baselines import Bm25, vanilla
from evals.bench.beir import cut_documents, read_beir, turns_of
from evals.bench.bench_index import Tools, bench_assistant
from evals.bench.metrics import auroc, evaluate, reciprocal_rank_fusion


def ranking(retrieval: Retrieval) -> list[str]:
    """Ids of the documents found, each once, best first."""
    return list(dict.fromkeys(hit.source.id for hit in (*retrieval.hits, *retrieval.rejected)))


def search(assistant: Assistant, text: str, history: Sequence[Turn] = ()) -> list[str]:
    """What the product finds; nothing for a question that it refuses."""
    try:
        return ranking(assistant.search(text, history=history)[1])
    except QuestionError:
        return []


def measure_retrieval(folder: Path, tools: Tools, *, baselines: bool) -> dict[str, Any]:
    """Measures of the product, and with `baselines` of vanilla LangChain, BM25 and their rank fusion, on the judged queries."""
    found = read_beir(folder)
    queries = {str(query["_id"]): query["text"] for query in found.queries if found.judgements.get(str(query["_id"]))}
    assistant = bench_assistant(tools, cut_documents(found.corpus))
    result: dict[str, Any] = {
        "queries": len(queries),
        "ours": evaluate(found.judgements, {id_: search(assistant, text) for id_, text in queries.items()}),
    }
    if baselines:
        dense_pipeline, lexical = vanilla(tools.data, found.corpus), Bm25(found.corpus)
        dense = {id_: dense_pipeline.rank(text) for id_, text in queries.items()}
        bm25 = {id_: lexical.rank(text) for id_, text in queries.items()}
        fused = {id_: reciprocal_rank_fusion([dense[id_], bm25[id_]]) for id_ in queries}
        result |= {
            name: evaluate(found.judgements, runs) for name, runs in (("dense", dense), ("bm25", bm25), ("rrf", fused))
        }
    return result


def measure_dialogue(folder: Path, tools: Tools) -> dict[str, Any]:
    """Turns with history: vanilla on the last turn, vanilla on the whole conversation, and the product; and how answerability is told."""
    found = read_beir(folder)
    assistant = bench_assistant(tools, cut_documents(found.corpus))
    dense_pipeline = vanilla(tools.data, found.corpus)
    last: dict[str, list[str]] = {}
    raw: dict[str, list[str]] = {}
    ours: dict[str, list[str]] = {}
    labels: list[str] = []
    probabilities: list[float] = []
    for query in found.queries:
        id_, text, history = str(query["_id"]), query["text"], query["metadata"]["history"]
        question, retrieval, _ = assistant.search(text, history=turns_of(history))
        labels.append(query["metadata"]["answerability"])
        probabilities.append(judge(question, retrieval).probability)
        if history and found.judgements.get(id_):
            last[id_] = dense_pipeline.rank(text)
            raw[id_] = dense_pipeline.rank(" ".join([*(entry["text"] for entry in history), text]))
            ours[id_] = ranking(retrieval)
    return {
        "queries": len(ours),
        "last_turn": evaluate(found.judgements, last),
        "raw_history": evaluate(found.judgements, raw),
        "ours": evaluate(found.judgements, ours),
        "answerability": answerability(np.array(labels), np.array(probabilities)),
    }


def answerability(labels: np.ndarray[Any, Any], probabilities: np.ndarray[Any, Any]) -> dict[str, Any]:
    """How the evidence's probability tells the states apart: AUROC of answerable against unanswerable, and the mean of each state."""
    clear = np.isin(labels, ["ANSWERABLE", "UNANSWERABLE"])
    means = {str(state).lower(): round(float(probabilities[labels == state].mean()), 4) for state in np.unique(labels)}
    return {"auroc": round(auroc(labels[clear] == "ANSWERABLE", probabilities[clear]), 4), "mean_probability": means}
