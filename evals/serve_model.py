"""python -m evals scripted-model."""

from typing import Annotated

import typer


def serve_model(
    writer: Annotated[
        str, typer.Option(help="Who writes: honest, careless, hostile, or a fault such as hang.")
    ] = "honest",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on this machine; 0 takes a free one.")] = 0,
    pause: Annotated[float, typer.Option(min=0, help="Seconds before each word.")] = 0.0,
) -> None:
    """Serves a scripted language model that speaks as OpenAI's API does, until it is stopped with Ctrl+C."""
    from evals.scripted_model import FAULTS, ScriptedModel, writing
    from evals.writers import WRITERS

    if writer not in {*WRITERS, *FAULTS}:
        raise typer.BadParameter(f"There is no writer {writer}. There are: {', '.join([*WRITERS, *FAULTS])}.")
    play = writing(WRITERS[writer], seconds_between=pause) if writer in WRITERS else FAULTS[writer]
    with ScriptedModel(play, port=port) as server:
        typer.echo(f"GUIDANCE_CHAT_MODEL=openai:scripted GUIDANCE_CHAT_BASE_URL={server.url} GUIDANCE_CHAT_API_KEY=any")
        try:
            server.stopping.wait()
        except KeyboardInterrupt:
            return
