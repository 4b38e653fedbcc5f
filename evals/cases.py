"""The evaluation cases: what officers ask, and what a right answer must do. Written by guidance authors, in YAML."""

from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from assistant.errors import GuidanceError
from assistant.types import AnswerStatus, Nation, NoticeKind

CASES = Path(__file__).parent / "cases"
Line = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Anchor = Line | Annotated[tuple[Line, ...], Field(min_length=1)]


class CaseError(GuidanceError):
    """A file of cases is not valid. The message lists every problem with file and line."""


class Case(BaseModel):
    """One question with what its answer must do. The fields are described in docs/evals.md."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    question: str
    history: tuple[Line, ...] = ()
    status: Annotated[tuple[AnswerStatus, ...], Field(min_length=1)]
    sources: tuple[Line, ...] = ()
    sources_all: tuple[Line, ...] = ()
    shows: tuple[Anchor, ...] = ()
    never: tuple[Line, ...] = ()
    notices: tuple[NoticeKind, ...] = ()
    nation: Nation | None = None
    tags: Annotated[tuple[Line, ...], Field(min_length=1)]
    author: Line
    why: Line

    @property
    def kind(self) -> str:
        """The first tag: fact, law, near-miss, …"""
        return self.tags[0]

    @property
    def must_answer(self) -> bool:
        """Whether only an answer will do."""
        return set(self.status) <= {AnswerStatus.ANSWERED, AnswerStatus.PARTIAL}

    @property
    def must_not_answer(self) -> bool:
        """Whether an answer would be wrong."""
        return AnswerStatus.ANSWERED not in self.status


def read_cases(folder: Path = CASES, tag: str | None = None) -> list[Case]:
    """All cases of all `*.yaml` files of a folder, or those with a tag.

    Raises:
        CaseError: lists every problem with its file and line.
    """
    cases: list[Case] = []
    problems: list[str] = []
    places: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        for line, row in _rows(path, problems):
            where = f"{path.name}, line {line}"
            try:
                case = Case.model_validate(row)
            except ValidationError as error:
                problems.extend(
                    f"{where}: {'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors()
                )
                continue
            if case.id in places:
                problems.append(f"{where}: the id {case.id} is used at {places[case.id]}, too. Ids must be unique.")
            places.setdefault(case.id, where)
            cases.append(case)
    if problems:
        raise CaseError(f"{len(problems)} problem(s) in the cases:\n" + "\n".join(f"  - {each}" for each in problems))
    cases = [case for case in cases if tag is None or tag in case.tags]
    if not cases:
        raise CaseError(
            f"There are no such cases in {folder}. Put YAML files there, or name another folder with --cases."
        )
    return cases


def _rows(path: Path, problems: list[str]) -> list[tuple[int, Any]]:
    """The rows of one file, each with the line on which it starts."""
    text = path.read_text(encoding="utf-8")
    try:
        node, rows = yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
    except yaml.YAMLError as error:
        problems.append(f"{path.name}: can't be read as YAML: {error}")
        return []
    if not isinstance(node, yaml.SequenceNode):
        problems.append(f"{path.name}: must be a list of cases.")
        return []
    return [(item.start_mark.line + 1, row) for item, row in zip(node.value, rows, strict=True)]
