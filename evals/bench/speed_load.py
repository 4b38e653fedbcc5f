"""The load client, a process of its own: `python -m evals.bench.speed_load ADDRESS CLIENTS SECONDS < questions.json`.

Each client asks its next question as soon as it has the answer to the last. Prints as JSON the `milliseconds` of each answer, how many
`failed`, and the `seconds` from the first question to the last answer.
"""

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx2

_PATIENCE = 60.0


async def load(address: str, clients: int, seconds: float, questions: list[str]) -> dict[str, Any]:
    """Asks for so many seconds. Every client begins elsewhere in the questions."""
    milliseconds: list[float] = []
    failed = 0
    began = time.perf_counter()

    async def client(http: httpx2.AsyncClient, own: Iterator[str]) -> None:
        nonlocal failed
        while (asked := time.perf_counter()) < began + seconds:
            response = await http.post(address, json={"question": next(own)})
            milliseconds.append((time.perf_counter() - asked) * 1000)
            failed += response.status_code != httpx2.codes.OK

    limits = httpx2.Limits(max_connections=clients, max_keepalive_connections=clients)
    async with httpx2.AsyncClient(limits=limits, timeout=_PATIENCE, trust_env=False) as http:
        step = max(1, len(questions) // clients)
        starts = [questions[place * step % len(questions) :] + questions for place in range(clients)]
        await asyncio.gather(*(client(http, itertools.cycle(start)) for start in starts))
    return {"milliseconds": milliseconds, "failed": failed, "seconds": time.perf_counter() - began}


def main() -> None:
    """Entry point."""
    address, clients, seconds = sys.argv[1:]
    print(json.dumps(asyncio.run(load(address, int(clients), float(seconds), json.load(sys.stdin)))))


if __name__ == "__main__":
    main()
