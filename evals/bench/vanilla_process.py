"""The vanilla pipeline as processes, for measuring: `python -m evals.bench.vanilla_process build|ask|work|serve FOLDER MODEL …`.

No argument parser and no settings: what is measured is what the pipeline itself needs.
"""

import json
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from evals.bench.vanilla import VanillaLangChain


def build(pipeline: VanillaLangChain, text: str) -> None:
    """Splits, embeds and stores a file of JSON lines (`_id`, `title`, `text`). Prints how many chunks there are."""
    with Path(text).open(encoding="utf-8") as file:
        print(pipeline.add([json.loads(line) for line in file]))


def ask(pipeline: VanillaLangChain, question: str) -> None:
    """Prints what is retrieved for one question."""
    for document in pipeline.search(question):
        print(document.metadata["id"], document.page_content)


def work(pipeline: VanillaLangChain) -> None:
    """Retrieves for blocks of questions; see evals.bench.speed_worker."""
    from evals.bench.speed_worker import answer_blocks

    answer_blocks(pipeline.search)


def serve(pipeline: VanillaLangChain) -> None:
    """A minimal web service around the retrieval, as FastAPI's tutorial writes one. Prints its address."""
    import uvicorn
    from fastapi import FastAPI
    from pydantic import BaseModel

    class Asked(BaseModel):
        question: str

    app = FastAPI()

    @app.post("/ask")
    def answer(asked: Asked) -> list[dict[str, Any]]:
        return [{"id": each.metadata["id"], "text": each.page_content} for each in pipeline.search(asked.question)]

    with socket.create_server(("127.0.0.1", 0)) as listening:
        print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listening])


COMMANDS: dict[str, Callable[..., None]] = {"build": build, "ask": ask, "work": work, "serve": serve}


def main() -> None:
    """Entry point."""
    command, folder, model, *rest = sys.argv[1:]
    COMMANDS[command](VanillaLangChain(Path(folder), Path(model)), *rest)


if __name__ == "__main__":
    main()
