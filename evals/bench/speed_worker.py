"""The product in a process of its own, for measuring: `python -m evals.bench.speed_worker` opens the serving build and answers.

The protocol, which the vanilla pipeline's process speaks, too: a line "ready"; then, for every line with a JSON list of questions, a line
with a JSON list of the milliseconds that each took.
"""

import json
import sys
import time
from collections.abc import Callable

READY = "ready"


def answer_blocks(answer: Callable[[str], object]) -> None:
    """Speaks the protocol until standard input ends."""
    print(READY, flush=True)
    for line in sys.stdin:
        print(json.dumps([_milliseconds(answer, question) for question in json.loads(line)]), flush=True)


def _milliseconds(answer: Callable[[str], object], question: str) -> float:
    began = time.perf_counter()
    answer(question)
    return (time.perf_counter() - began) * 1000


def main() -> None:
    """Entry point."""
    from assistant.__main__ import load_settings
    from assistant.assembly import open_assistant

    answer_blocks(open_assistant(load_settings()).ask)


if __name__ == "__main__":
    main()
