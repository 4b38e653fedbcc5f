"""Exports a model with its tokenizer to ONNX, once, for serving."""

import logging
import shutil
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.adapters.onnx_model import (
    CARD,
    CARD_FILE,
    MODEL_FILE,
    QUERY_FILE,
    TOKENIZER_FILE,
    ModelCard,
    check_model_files,
    file_sha256,
    read_card,
)
from assistant.errors import ModelError

_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def is_exported(folder: Path) -> bool:
    """Whether a whole export is there."""
    try:
        check_model_files(folder, read_card(folder).files)
    except ModelError:
        return False
    return True


def install(
    folder: Path,
    model: Any,
    card: ModelCard,
    *,
    sample: Any,
    to_output: Callable[..., Any],
    complete: Callable[[Path], None],
) -> None:
    """Exports into a folder beside, checks it, and puts it into place.

    `model` is a sentence-transformers model whose features `to_output` turns into the graph's output; `sample` are texts that it accepts.
    `complete` checks the export in the folder that it gets, and may add to it.

    Raises:
        ModelError: the model can't be exported, or `complete` refuses the export.
    """
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        _export_graph(model, partial / MODEL_FILE, card, sample, to_output)
        _save_tokenizer(model, partial / TOKENIZER_FILE, card)
        write_card(partial, card)
        complete(partial)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


def write_card(folder: Path, card: ModelCard) -> None:
    """Writes the card of an export, with the hashes of the files that are there."""
    names = (MODEL_FILE, QUERY_FILE, TOKENIZER_FILE)
    files = {name: file_sha256(folder / name) for name in names if (folder / name).is_file()}
    (folder / CARD_FILE).write_bytes(CARD.dump_json(replace(card, files=files), indent=2) + b"\n")


def add_query_graph(folder: Path) -> None:
    """Adds the graph with weights of 8 bits, and has questions go through it.

    Blocks of 128 weights share a scale, as do 128 activations of one token: so no token's size matters to another's. Scales
    for whole activations are quicker still, and change the order of near equals too often (docs/adr/0018-eight-bit-questions.md).
    """
    import onnx
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    logging.getLogger("onnxruntime.quantization.matmul_nbits_quantizer").setLevel(logging.ERROR)
    quantizer = MatMulNBitsQuantizer(
        onnx.load(folder / MODEL_FILE), bits=8, block_size=128, is_symmetric=True, accuracy_level=4
    )
    quantizer.process()
    quantizer.model.save_model_to_file(str(folder / QUERY_FILE))
    write_card(folder, replace(read_card(folder), query_file=QUERY_FILE))


def remove_query_graph(folder: Path) -> None:
    """Has questions go through the graph that passages go through."""
    (folder / QUERY_FILE).unlink(missing_ok=True)
    write_card(folder, replace(read_card(folder), query_file=MODEL_FILE))


def _save_tokenizer(model: Any, path: Path, card: ModelCard) -> None:
    # As loaded, not as the folder has it: the libraries let configuration change it, such as its lower-casing.
    tokenizer = getattr(model.tokenizer, "backend_tokenizer", None)
    if tokenizer is None:
        raise ModelError(f"{card.model_id} has a tokenizer that only Python can run. Choose a model with a fast one.")
    tokenizer.save(str(path))


def _export_graph(model: Any, path: Path, card: ModelCard, sample: Any, to_output: Callable[..., Any]) -> None:
    import torch

    features = model.preprocess(sample)
    names = [name for name in _INPUTS if name in features]

    class Graph(torch.nn.Module):
        """Token ids in, output out: all modules of the model as one graph."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *inputs: Any) -> Any:
            return to_output(self.model(dict(zip(names, inputs, strict=True))))

    batch, width = torch.export.Dim("batch"), torch.export.Dim("width", max=card.max_tokens)
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")  # torch's exporter warns of its own internals
            torch.onnx.export(
                Graph().eval(),
                tuple(features[name] for name in names),
                str(path),
                input_names=names,
                output_names=["output"],
                dynamic_shapes=(({0: batch, 1: width},) * len(names),),
                dynamo=True,
                external_data=False,
                verbose=False,
            )
    except (RuntimeError, ValueError, TypeError, AttributeError) as error:
        raise ModelError(f"{card.model_id} can't be exported to ONNX ({error}). Choose another model.") from error
