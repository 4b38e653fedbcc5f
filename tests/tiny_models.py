"""Tiny models with random weights, in the form in which sentence-transformers saves them. They show that a model runs, not that it is good."""

import json
from pathlib import Path
from typing import Any

TRAINING_TEXT = [
    "A council may reserve a contract below the threshold for local suppliers.",
    "Who must publish a Pipeline Notice, and when does LOTI ask for data to be returned free of charge?",
    "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789 £$€,.:;?!()'-/é",
]
HIDDEN = 32


def tiny_tokenizer(kind: str, *, lower: bool = True) -> Any:
    """A tokenizer of BERT's kind (WordPiece, type ids) or of RoBERTa's (bytes, no type ids, padding that is not 0)."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    if kind == "bert":
        names = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
        tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lower)
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        trainer: Any = trainers.WordPieceTrainer(vocab_size=400, special_tokens=list(names.values()))
    else:
        names = {"cls_token": "<s>", "pad_token": "<pad>", "sep_token": "</s>", "unk_token": "<unk>"}
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel()
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        trainer = trainers.BpeTrainer(vocab_size=400, special_tokens=list(names.values()), initial_alphabet=alphabet)
    tokenizer.train_from_iterator(TRAINING_TEXT, trainer)
    first, last = names["cls_token"], names["sep_token"]
    second = 1 if kind == "bert" else 0
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{first} $A {last}",
        pair=f"{first} $A {last} $B:{second} {last}:{second}",
        special_tokens=[(name, tokenizer.token_to_id(name)) for name in (first, last)],
    )
    wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names)
    types = ["token_type_ids"] if kind == "bert" else []
    wrapped.model_input_names = ["input_ids", *types, "attention_mask"]
    return wrapped


def _save_transformer(folder: Path, kind: str, *, lower: bool, tokens: int, labels: int, seed: int) -> None:
    import torch
    import transformers

    tokenizer = tiny_tokenizer(kind, lower=lower)
    tokenizer.model_max_length = tokens
    name = "Bert" if kind == "bert" else "Roberta"
    config = getattr(transformers, f"{name}Config")(
        vocab_size=len(tokenizer),
        hidden_size=HIDDEN,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        # RoBERTa counts positions from its padding token's number plus one.
        max_position_embeddings=tokens + 2,
        pad_token_id=tokenizer.pad_token_id,
        type_vocab_size=2 if kind == "bert" else 1,
        # Far wider than usual, so that a wrong token, prompt or type id moves the output well beyond rounding.
        initializer_range=0.4,
        num_labels=labels or 1,
    )
    torch.manual_seed(seed)
    model = getattr(transformers, f"{name}ForSequenceClassification" if labels else f"{name}Model")(config)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    if kind == "bert":
        # The class that knows of type ids; as models on hubs name it.
        _change_json(folder / "tokenizer_config.json", tokenizer_class="BertTokenizer", do_lower_case=lower)


def make_embedding_model(
    folder: Path,
    *,
    kind: str = "bert",
    pooling: str = "mean",
    tokens: int = 256,
    normalise: bool = True,
    lower: bool = True,
    dense: int | None = None,
    prompts: dict[str, str] | None = None,
    seed: int = 1,
) -> Path:
    """Saves an embedding model as a folder that GUIDANCE_INGEST_MODEL may name."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Dense, Normalize, Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling

    raw = folder.with_name(folder.name + "-transformer")
    _save_transformer(raw, kind, lower=lower, tokens=tokens, labels=0, seed=seed)
    modules: list[Any] = [Transformer(str(raw), max_seq_length=tokens), Pooling(HIDDEN, pooling_mode=pooling)]
    if dense:
        modules.append(Dense(HIDDEN, dense))
    if normalise:
        modules.append(Normalize())
    SentenceTransformer(modules=modules, device="cpu").save(str(folder))
    if prompts is not None:
        # As models on hubs have it: only the prompts that they name.
        _change_json(folder / "config_sentence_transformers.json", prompts=prompts)
    return folder


def make_cross_encoder(folder: Path, *, kind: str = "bert", tokens: int = 128, labels: int = 1, seed: int = 2) -> Path:
    """Saves a cross-encoder as a folder that GUIDANCE_INGEST_RERANKER may name."""
    from sentence_transformers import CrossEncoder

    raw = folder.with_name(folder.name + "-transformer")
    _save_transformer(raw, kind, lower=True, tokens=tokens, labels=labels, seed=seed)
    CrossEncoder(str(raw), max_length=tokens, device="cpu", local_files_only=True).save(str(folder))
    return folder


def _change_json(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes), encoding="utf-8")
