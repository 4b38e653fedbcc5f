"""The evaluation cases: what officers ask, and what a right answer must do. Written by guidance authors, in YAML."""

import hashlib
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from assistant.errors import GuidanceError
from assistant.types import AnswerStatus, Nation, NoticeKind
from evals.anchors import alternatives, folded

CASES = Path(__file__).parent / "cases"
SHOWING = frozenset({AnswerStatus.ANSWERED, AnswerStatus.PARTIAL})
"""The statuses with which guidance is shown. Every other one but `error` is a refusal."""
TO_FILL_IN = "FILL IN"
"""What `evals new` writes where only a person knows; a case that still has it is not valid."""
REAL = "real"
"""The kind of a question that an officer asked; it expects nothing."""
_HELD_OUT_OF = 3

Line = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
OneOf = Line | Annotated[tuple[Line, ...], Field(min_length=1)]


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
    shows: tuple[OneOf, ...] = ()
    headings: tuple[OneOf, ...] = ()
    never: tuple[Line, ...] = ()
    notices: tuple[NoticeKind, ...] = ()
    nation: Nation | None = None
    tags: Annotated[tuple[Line, ...], Field(min_length=1)]
    author: Line
    why: Line

    @field_validator("author", "why")
    @classmethod
    def _is_filled_in(cls, value: str) -> str:
        if value.startswith(TO_FILL_IN):
            raise ValueError("is still to be filled in")
        return value

    @property
    def kind(self) -> str:
        """The first tag: fact, law, near-miss, …"""
        return self.tags[0]

    @property
    def must_answer(self) -> bool:
        """Whether only an answer will do."""
        return set(self.status) <= SHOWING

    @property
    def must_not_answer(self) -> bool:
        """Whether an answer would be wrong."""
        return AnswerStatus.ANSWERED not in self.status

    @property
    def held_out(self) -> bool:
        """Whether the case is of the third that nothing may be tuned on; by its id, so that nobody picks."""
        return zlib.crc32(self.id.encode()) % _HELD_OUT_OF == 0

    @property
    def asked(self) -> str:
        """Changes when the question or its history does: an answer to another question is none to this."""
        return hashlib.sha256("\0".join([*self.history, self.question]).encode()).hexdigest()[:12]

    @property
    def digest(self) -> str:
        """Changes when what is asked or expected changes; the words of `why` and who wrote it play no part."""
        text = self.model_dump_json(exclude={"author", "why", "tags"})
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def read_cases(folder: Path = CASES, tag: str | None = None) -> list[Case]:
    """All cases of all `*.yaml` files of a folder, or those with a tag.

    Raises:
        CaseError: lists every problem with its file and line.
    """
    places = case_places(folder)
    cases = [case for case, _ in places if tag is None or tag in case.tags]
    if not cases:
        tags = Counter(each for case, _ in places for each in case.tags)
        known = f" Tags: {', '.join(name for name, _ in tags.most_common(12))}, …" if tags else ""
        wanted = f"with the tag “{tag}” " if tag else ""
        raise CaseError(
            f"There are no cases {wanted}in {folder}. Put YAML files there, or name another folder with --cases.{known}"
        )
    return cases


def case_places(folder: Path = CASES) -> list[tuple[Case, str]]:
    """Every case with its place, “file.yaml, line 12”.

    Raises:
        CaseError: lists every problem with its file and line.
    """
    found: list[tuple[Case, str]] = []
    problems: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        for line, row in _rows(path, problems):
            where = f"{path.name}, line {line}"
            try:
                found.append((Case.model_validate(row), where))
            except ValidationError as error:
                name = f" ({row['id']})" if isinstance(row, dict) and "id" in row else ""
                problems.extend(f"{where}{name}: {_words(each)}" for each in error.errors())
    problems.extend(_contradictions(found))
    if problems:
        raise CaseError(f"{len(problems)} problem(s) in the cases:\n" + "\n".join(f"  - {each}" for each in problems))
    return found


def real_questions(path: Path) -> list[Case]:
    """A file of questions that officers asked, one a line, as cases that expect nothing.

    Raises:
        CaseError: it can't be read.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{path} can't be read: {error}. Give a file in UTF-8 with one question a line.") from error
    return [bare_question(f"line-{number}", line.strip()) for number, line in enumerate(lines, 1) if line.strip()]


def bare_question(name: str, question: str, history: tuple[str, ...] = ()) -> Case:
    """A question that expects nothing, in the form in which cases are asked."""
    return Case(
        id=name,
        question=question,
        history=history,
        status=tuple(AnswerStatus),
        tags=(REAL,),
        author="an officer",
        why="asked",
    )


def _words(error: Any) -> str:
    """One of pydantic's findings, for people who write no programs."""
    field = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"there is no field “{field}”. Fields: {', '.join(Case.model_fields)}."
    if error["type"] == "missing":
        return f"the field “{field}” is missing."
    return f"{field}: {error['msg'].removeprefix('Value error, ')}."


def _contradictions(found: list[tuple[Case, str]]) -> Iterator[str]:
    """Ids used twice, and expectations that no answer could meet together."""
    ids: dict[str, str] = {}
    asked: dict[tuple[str, ...], tuple[Case, str]] = {}
    for case, where in found:
        if case.id in ids:
            yield f"{where}: the id {case.id} is used at {ids[case.id]}, too. Ids must be unique."
        ids.setdefault(case.id, where)
        yield from (f"{where} ({case.id}): {each}" for each in _contradictory(case))
        key = (*(folded(turn) for turn in case.history), folded(case.question), case.nation or "")
        other, place = asked.setdefault(key, (case, where))
        if not set(other.status) & set(case.status):
            yield (
                f"{where} ({case.id}): the same question has to be {' or '.join(case.status)} here, and "
                f"{' or '.join(other.status)} at {place} ({other.id}). Change one of them."
            )


def _contradictory(case: Case) -> Iterator[str]:
    for anchor in case.shows:
        for word in case.never:
            if all(folded(word) in folded(each) for each in alternatives(anchor)):
                yield f"{anchor!r} must be shown, and {word!r} in it never. Take one of them out."
    if not SHOWING & set(case.status):
        for field in ("sources", "sources_all", "shows", "headings"):
            if getattr(case, field):
                yield (
                    f"“{field}” asks for guidance to be shown, and no status does that. "
                    "Add “answered” or “partial”, or empty the field."
                )


def _rows(path: Path, problems: list[str]) -> list[tuple[int, Any]]:
    """The rows of one file, each with the line on which it starts."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        problems.append(f"{path.name}: is not UTF-8 text ({error.reason}). Save it as UTF-8.")
        return []
    tabs = [
        number for number, line in enumerate(text.splitlines(), 1) if "\t" in line[: len(line) - len(line.lstrip())]
    ]
    if tabs:
        problems.append(
            f"{path.name}, line {tabs[0]}: is indented with a tab. YAML wants spaces: replace each tab by two."
        )
        return []
    try:
        node, rows = yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problems.append(f"{path.name}, line {line}: can't be read as YAML: {error.problem}.")
        return []
    if node is None:
        problems.append(f"{path.name}: is empty. Put cases in it, or delete it.")
        return []
    if not isinstance(node, yaml.SequenceNode):
        problems.append(f"{path.name}: must be a list of cases, each beginning with “- id:”.")
        return []
    problems.extend(f"{path.name}, {each}" for item in node.value for each in _repeated_fields(item))
    return [(item.start_mark.line + 1, row) for item, row in zip(node.value, rows, strict=True)]


def _repeated_fields(item: yaml.Node) -> Iterator[str]:
    """YAML takes the last of two fields of one name without a word; what the first one asked for would be lost."""
    if isinstance(item, yaml.MappingNode):
        seen: set[str] = set()
        for key, _ in item.value:
            if key.value in seen:
                yield f"line {key.start_mark.line + 1}: the field “{key.value}” stands twice in one case."
            seen.add(key.value)
