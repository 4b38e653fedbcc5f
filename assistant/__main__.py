"""python -m assistant "question"."""

import json
import re
import sys
from typing import Annotated

import typer
from pydantic import ValidationError

from assistant.answer import Assistant
from assistant.assembly import open_assistant, open_writer
from assistant.errors import GuidanceError, QuestionError, SettingsError
from assistant.settings import PREFIX, AssistantSettings, reject_unknown
from assistant.types import Filters, Nation, SourceStatus
from assistant.wire import to_dict

BAD_QUESTION, FAILED = 2, 1


def load_settings() -> AssistantSettings:
    """The settings from the environment.

    Raises:
        SettingsError: one is unknown or not valid.
    """
    others = ("GUIDANCE_INGEST_", "GUIDANCE_API_", "GUIDANCE_EVALS_")
    reject_unknown(PREFIX, AssistantSettings.model_fields, except_prefixes=others)
    try:
        return AssistantSettings()
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(f"{PREFIX}{str(first['loc'][0]).upper()} is not valid: {first['msg']}.") from error


def partial_date(text: str | None) -> str | None:
    """Refuses what is no date. Dates compare as text, in whatever precision they are given."""
    if text is not None and not re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", text):
        raise typer.BadParameter(f"“{text}” is no date. Write YYYY, YYYY-MM or YYYY-MM-DD.")
    return text


Publishers = Annotated[
    list[str] | None, typer.Option(help="Use only this publisher's guidance. May be given more than once.")
]
Nations = Annotated[
    list[Nation] | None,
    typer.Option(help="Use only guidance that applies in this nation. May be given more than once."),
]
Statuses = Annotated[
    list[SourceStatus] | None, typer.Option(help="Use only guidance that stands so today. May be given more than once.")
]
PublishedFrom = Annotated[
    str | None,
    typer.Option(
        metavar="DATE",
        callback=partial_date,
        help="Use only guidance published then or later: YYYY, YYYY-MM or YYYY-MM-DD.",
    ),
]


def ask(
    question: Annotated[
        str, typer.Argument(help="What you want to know about buying technology. “-” reads it from standard input.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
    publisher: Publishers = None,
    nation: Nations = None,
    status: Statuses = None,
    published_from: PublishedFrom = None,
) -> None:
    """Answers a question from the guidance held, with a cited passage behind every statement.

    Ends with 0 for every answer, "can't answer" among them; with 2 for a question that can't be used;
    with 1 where there is no usable index.
    """
    text = sys.stdin.read() if question == "-" else question
    try:
        assistant = _open()
        filters = Filters(
            publishers=tuple(publisher or ()),
            nations=tuple(nation or ()),
            statuses=tuple(status or ()),
            published_from=published_from,
        )
        answer = assistant.ask(text, filters=filters)
    except QuestionError as error:
        typer.echo(f"{error}", err=True)
        raise typer.Exit(BAD_QUESTION) from None
    except GuidanceError as error:
        typer.echo(f"{error}", err=True)
        raise typer.Exit(FAILED) from None
    if as_json:
        typer.echo(json.dumps(to_dict(answer), indent=2, ensure_ascii=False))
        return
    from rich.console import Console

    from assistant.render import render

    Console(soft_wrap=False).print(render(answer))


def _open() -> Assistant:
    """The assistant as it is set. Where the language model can't be used, answers are quotes."""
    settings = load_settings()
    try:
        writer = open_writer(settings)
    except SettingsError as error:
        typer.echo(f"{error} The answer is in quotes.", err=True)
        writer = None
    return open_assistant(settings, writer=writer)


def main() -> None:
    """Entry point."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(ask)
    app(prog_name="python -m assistant")


if __name__ == "__main__":
    main()
