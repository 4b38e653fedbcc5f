"""Metrics for Prometheus: requests by address template, answers, notices, evidence, time by step. No label holds a text or an id."""

from fastapi import Depends, FastAPI, Request
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_fastapi_instrumentator import Instrumentator, metrics
from starlette.exceptions import HTTPException

from api.observation import phrasing_of
from api.settings import is_loopback
from assistant.types import Answer

_METHODS = frozenset({"GET", "HEAD", "POST", "DELETE", "OPTIONS"})
_PROBABILITIES = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """The metrics of one application, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._answers = Counter("guidance_answers", "Answers by status.", ("status",), registry=registry)
        self._notices = Counter("guidance_notices", "Notices of answers by kind.", ("kind",), registry=registry)
        self._findings = Counter(
            "guidance_findings", "What the guard found in questions, by kind.", ("kind",), registry=registry
        )
        self._phrasing = Counter(
            "guidance_phrasing", "What became of the language model's draft.", ("outcome",), registry=registry
        )
        self._evidence = Histogram(
            "guidance_evidence_probability",
            "How probable it was that the passages found answer the question.",
            buckets=_PROBABILITIES,
            registry=registry,
        )
        self._steps = Histogram(
            "guidance_step_seconds", "Time of answering by step.", ("step",), buckets=_SECONDS, registry=registry
        )

    def observe(self, answer: Answer) -> None:
        """Counts an answer."""
        self._answers.labels(answer.status.value).inc()
        for notice in answer.notices:
            self._notices.labels(notice.kind.value).inc()
        for finding in answer.findings:
            self._findings.labels(finding).inc()
        if (outcome := phrasing_of(answer)) is not None:
            self._phrasing.labels(outcome).inc()
        if answer.evidence is not None:
            self._evidence.observe(answer.evidence)
        for step, milliseconds in answer.timings.items():
            self._steps.labels(step).observe(milliseconds / 1000)

    def install(self, app: FastAPI, *, to_anyone: bool) -> None:
        """Counts requests, and serves /metrics to this machine or to anyone. To be called before the outermost middleware is added."""
        instrumentator = Instrumentator(
            registry=self.registry,
            should_group_status_codes=False,
            excluded_handlers=["^/metrics$", "^/healthz$", "^/readyz$"],
        )
        count = metrics.default(registry=self.registry)

        def count_bounded(info: metrics.Info) -> None:
            # A caller may send any word as a method; each would be a time series for good.
            info.method = info.method if info.method in _METHODS else "other"
            if count is not None:
                count(info)

        instrumentator.add(count_bounded).instrument(app)
        guards = [] if to_anyone else [Depends(_this_machine_only)]
        instrumentator.expose(app, include_in_schema=False, dependencies=guards)


async def _this_machine_only(request: Request) -> None:
    """As if there were nothing, for any other machine."""
    if request.client is None or not is_loopback(request.client.host):
        raise HTTPException(404)
