"""python -m evals: asks the cases, scores the answers, and says whether a change may pass."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from assistant.__main__ import load_settings
from assistant.adapters.build_folder import read_current
from assistant.answer import Assistant
from assistant.assembly import open_assistant, open_writer
from evals.accepted import ACCEPTED, GateError, accept, read_accepted, write_accepted
from evals.ask import Channel, InProcess, OverHttp, open_embedder
from evals.bench.commands import add_commands
from evals.cases import CASES, bare_question, case_places, read_cases, real_questions
from evals.console import FAILED, console, errors, failing_clearly, progress
from evals.gate import judge, read_rules, reasons_not_to_accept
from evals.impact import NO_QUESTIONS, as_markdown, ask_all, changes, two_builds
from evals.labels import stale_labels
from evals.records import held_by
from evals.report import Judged
from evals.runs import Run, make_run, read_run, rescore, runs_folder, score_rows, scored
from evals.serve_model import serve_model
from evals.show import print_changes, print_failures, print_gaps, print_run, print_selftest, print_verdict

app = typer.Typer(
    add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True, help="Measures the answers."
)
Cases = Annotated[Path, typer.Option(help="Folder with the YAML files of cases.")]
Tag = Annotated[str | None, typer.Option(help="Only cases with this tag.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the measures and every case's score as JSON.")]
Show = Annotated[int, typer.Option(help="How many failing cases to show.")]
RunId = Annotated[str | None, typer.Argument(help="A run in data/evals; the latest where none is named.")]

Questions = Annotated[Path | None, typer.Option(help="A file of questions that officers asked, one a line.")]
IN_PROCESS = "in this process"


@app.callback()
def main() -> None:
    """Measures the answers, as the product is set. Needs no language model, no key and no network."""


def assistant_as_set(build_id: str | None = None) -> Assistant:
    """The product as it is set, with its language model where one is.

    Raises:
        SettingsError: the model that is set can't be used. A run must not measure something else.
    """
    settings = load_settings()
    return open_assistant(settings, build_id=build_id, writer=open_writer(settings))


@contextmanager
def channel_to(url: str | None) -> Iterator[tuple[Channel, str]]:
    """The product, and what to call the way to it: in this process over the serving build, or a running server."""
    if url is None:
        yield InProcess(assistant_as_set()), IN_PROCESS
        return
    with OverHttp(url) as server:
        server.check()
        yield server, url


@app.command("run")
def run_command(
    cases: Cases = CASES,
    tag: Tag = None,
    url: Annotated[
        str | None, typer.Option(help="Ask a running server, such as http://127.0.0.1:8000, not this process.")
    ] = None,
    as_json: AsJson = False,
    show: Show = 20,
) -> None:
    """Asks every case of the serving build, scores the answers and keeps both in data/evals."""
    with failing_clearly():
        wanted = read_cases(cases, tag)
        with channel_to(url) as (channel, name), progress("Asking", len(wanted)) as report:
            run = make_run(load_settings().data_dir, wanted, channel, name=name, tag=tag, report=report)
        _print(run, cases, as_json=as_json, show=show)


@app.command("score")
def score_command(
    run_id: RunId = None,
    cases: Cases = CASES,
    as_json: AsJson = False,
    show: Show = 20,
) -> None:
    """Scores the answers of a run anew, against the cases as they are now. Nothing is asked."""
    with failing_clearly():
        run = rescore(read_run(load_settings().data_dir, run_id), read_cases(cases))
        _print(run, cases, as_json=as_json, show=show)


@app.command("check")
def check_command(cases: Cases = CASES) -> None:
    """Holds the cases against the serving build: unknown sources, stale quotes, contradictions. Asks nothing."""
    with failing_clearly():
        placed = case_places(cases)
        found = stale_labels(placed, held_by(open_assistant(load_settings()).index))
    for line in found:
        console.print(line, markup=False, soft_wrap=True)
    console.print(f"{len(placed)} cases checked, {len(found)} findings")
    if found:
        raise typer.Exit(FAILED)


@app.command("gate")
def gate_command(run_id: RunId = None, cases: Cases = CASES) -> None:
    """Holds a run of all cases against the floors and the accepted run. Ends with 1, and names the cases, where it is closed."""
    with failing_clearly():
        judged = judged_run(run_id, cases)
        verdict = judged.verdict or judge(judged.cases, judged.scores, judged.summary, read_accepted(), judged.rules)
    print_verdict(verdict, judged.cases, judged.scores)
    if not verdict.passed:
        raise typer.Exit(FAILED)


@app.command("accept")
def accept_command(run_id: RunId = None, cases: Cases = CASES) -> None:
    """Makes a run of all cases the one that later runs are compared with (evals/accepted.json)."""
    with failing_clearly():
        judged = judged_run(run_id, cases)
        reasons = reasons_not_to_accept(judged.scores, judged.summary, judged.accepted, judged.rules)
        if reasons:
            raise GateError("This run can't be accepted:\n" + "\n".join(f"  - {reason}" for reason in reasons))
        write_accepted(accept(judged.info, judged.cases, judged.scores))
    for note in judged.verdict.notes if judged.verdict else ():
        console.print(note, markup=False)
    lost = len(judged.verdict.broken_by) if judged.verdict else 0
    console.print(f"accepted run {judged.info.id}: {len(judged.scores)} cases, {lost} newly failing", markup=False)


@app.command("selftest")
def selftest_command(run_id: RunId = None, cases: Cases = CASES) -> None:
    """Damages the answers of a run on purpose, and proves that metrics and gate notice. Ends with 1 where they don't."""
    from evals.mutations import Scene
    from evals.selftest import selftest

    with failing_clearly():
        judged = judged_run(run_id, cases)
        channel = InProcess(assistant_as_set(judged.info.build_id))
        scene = Scene(cases=judged.cases, records=judged.records, held=judged.held, channel=channel)
        outcome = selftest(judged.info, scene, judged.rules)
    print_selftest(outcome)
    if not outcome.passed:
        raise typer.Exit(FAILED)


@app.command("report")
def report_command(
    run_id: RunId = None,
    cases: Cases = CASES,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the summary for a pull request.")] = False,
) -> None:
    """Writes report.html and summary.md into the folder of a run."""
    from evals import report

    with failing_clearly():
        judged = judged_run(run_id, cases)
    folder = runs_folder(load_settings().data_dir) / judged.info.id
    (folder / "report.html").write_text(report.html(judged), encoding="utf-8")
    (folder / "summary.md").write_text(report.markdown(judged), encoding="utf-8")
    if markdown:
        typer.echo(report.markdown(judged))
    else:
        console.print(f"{folder / 'report.html'}\n{folder / 'summary.md'}", markup=False, soft_wrap=True)


@app.command("impact")
def impact_command(
    build_a: Annotated[str | None, typer.Argument(help="A build; the one before BUILD_B where none is named.")] = None,
    build_b: Annotated[str | None, typer.Argument(help="Another build; the serving one where none is named.")] = None,
    cases: Cases = CASES,
    questions: Questions = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown for a pull request.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    show: Annotated[int, typer.Option(help="How many changed answers to show.")] = 20,
) -> None:
    """Shows which answers two builds give differently, side by side. A change of status comes first."""
    with failing_clearly():
        settings = load_settings()
        builds = two_builds(settings.data_dir, build_a, build_b)
        wanted = read_cases(cases) + (real_questions(questions) if questions else [])
        sides = []
        for build in builds:
            channel = InProcess(open_assistant(settings, build_id=build), searching=False)
            with progress(f"Asking {build}", len(wanted)) as report:
                sides.append(ask_all(channel, wanted, report))
        found = changes(wanted, *sides)
    if as_json:
        typer.echo(json.dumps({"builds": builds, "changes": [asdict(each) for each in found]}, ensure_ascii=False))
    elif markdown:
        typer.echo(as_markdown(found, len(wanted), builds, most=show))
    else:
        print_changes(found, len(wanted), builds, most=show)
        if not questions:
            console.print(NO_QUESTIONS)


@app.command("gaps")
def gaps_command(run_id: RunId = None, cases: Cases = CASES, questions: Questions = None) -> None:
    """Groups the questions that went unanswered by topic: a writing list for authors."""
    from evals.gaps import gaps, unanswered

    with failing_clearly():
        settings = load_settings()
        run = read_run(settings.data_dir, run_id)
        asked, records = read_cases(cases), list(run.records)
        if questions:
            real = real_questions(questions)
            channel = InProcess(open_assistant(settings, build_id=run.info.build_id))
            asked, records = [*asked, *real], [*records, *(channel.ask(each) for each in real)]
        found = gaps(unanswered(asked, records), open_embedder(settings, run.info.build_id), run.held)
    print_gaps(found)
    if not questions:
        console.print(NO_QUESTIONS)


@app.command("new")
def new_command(
    question: Annotated[str, typer.Argument(help="What an officer would ask.")],
    history: Annotated[
        list[str] | None, typer.Option(help="An earlier question of the conversation. May be given more than once.")
    ] = None,
) -> None:
    """Drafts a case from a question and the answer that it gets. Prints it; nothing is written."""
    from evals.draft import draft

    with failing_clearly():
        case = bare_question("draft", question, tuple(history or ()))
        text = draft(question, case.history, InProcess(open_assistant(load_settings())).ask(case))
    typer.echo(text)
    errors.print(
        "This expects what was answered, right or wrong. Correct it, fill in author and why, put it into a file of "
        "evals/cases, then: python -m evals check"
    )


def judged_run(run_id: str | None, folder: Path) -> Judged:
    """A run of all cases, scored against the cases as they are now, with what the gate says of it.

    Raises:
        GateError: it is of another build than the one that serves, and was not named.
    """
    data = load_settings().data_dir
    run = read_run(data, run_id, of_all_cases=True)
    if run_id is None and run.info.channel == IN_PROCESS and run.info.build_id != (serving := read_current(data)):
        raise GateError(
            f"The latest run is of build {run.info.build_id}, and {serving} serves now. Run the cases again: python -m evals run"
        )
    cases, rules = read_cases(folder), read_rules()
    scores, summary = scored(cases, run.records, run.held)
    accepted = read_accepted(ACCEPTED) if ACCEPTED.exists() else None
    return Judged(
        info=run.info,
        cases=cases,
        records=run.records,
        held=run.held,
        scores=scores,
        summary=summary,
        rules=rules,
        accepted=accepted,
        verdict=judge(cases, scores, summary, accepted, rules) if accepted else None,
    )


def _print(run: Run, cases: Path, *, as_json: bool, show: int) -> None:
    if as_json:
        head = {"run": run.info.id, "build_id": run.info.build_id, "channel": run.info.channel}
        typer.echo(json.dumps(head | run.summary | {"scores": score_rows(run)}, indent=1, ensure_ascii=False))
        return
    print_run(run)
    print_failures(read_cases(cases), run.scores, show)


add_commands(app)
app.command("scripted-model")(serve_model)

if __name__ == "__main__":
    app(prog_name="python -m evals")
