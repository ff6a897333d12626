"""all-MiniLM-L6-v2 without torch: BERT's forward pass in numpy.

Needs numpy, safetensors and tokenizers, of the extra `local-embeddings`. Its vectors are
as the model's publisher shows: see the tests.
"""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

with suppress(ModuleNotFoundError):  # then `find_weights` finds none, and nobody makes a MiniLM
    import numpy as np
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

Floats = Any
"""An array of 32-bit floats; numpy needn't be there when types are checked."""

_LAYERS, _HEADS = 6, 12
_EPSILON = 1e-12
_MOST_TOKENS = 256
"""What the model was trained for; what is beyond is not read."""
_MASKED = -1e9


class MiniLM:
    """Reads the weights, 0.2 s. `embed` is work for the processor, 5 ms for a sentence: call it in
    a thread; several may."""

    def __init__(self, folder: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_MOST_TOKENS)
        self._tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")  # noqa: S106  # no password
        loaded = load_file(str(folder / "model.safetensors"))
        # transposed and in one piece: else products of few rows take eight times as long
        self._weights = {
            name: np.ascontiguousarray(array.T) if _multiplies(name) else array
            for name, array in loaded.items()
        }

    def embed(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """One vector of 384 numbers and length 1 for each text."""
        encoded = self._tokenizer.encode_batch([*texts])
        ids = np.array([each.ids for each in encoded])
        mask = np.array([each.attention_mask for each in encoded], dtype=np.float32)
        hidden = self._look_up(ids)
        unseen = (1 - mask)[:, None, None, :] * np.float32(_MASKED)
        for layer in range(_LAYERS):
            hidden = self._layer(f"encoder.layer.{layer}", hidden, unseen)
        mean = (hidden * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        unit = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return [tuple(row) for row in unit.tolist()]

    def _look_up(self, ids: Any) -> Floats:
        tables = self._weights
        found = (
            tables["embeddings.word_embeddings.weight"][ids]
            + tables["embeddings.position_embeddings.weight"][: ids.shape[1]]
            + tables["embeddings.token_type_embeddings.weight"][0]
        )
        return self._normalised("embeddings.LayerNorm", found)

    def _layer(self, name: str, hidden: Floats, unseen: Floats) -> Floats:
        attended = self._attention(f"{name}.attention.self", hidden, unseen)
        attended = self._linear(f"{name}.attention.output.dense", attended)
        hidden = self._normalised(f"{name}.attention.output.LayerNorm", hidden + attended)
        inner = _gelu(self._linear(f"{name}.intermediate.dense", hidden))
        return self._normalised(
            f"{name}.output.LayerNorm", hidden + self._linear(f"{name}.output.dense", inner)
        )

    def _attention(self, name: str, hidden: Floats, unseen: Floats) -> Floats:
        batch, length, width = hidden.shape

        def heads(part: str) -> Floats:
            flat = self._linear(f"{name}.{part}", hidden)
            return flat.reshape(batch, length, _HEADS, width // _HEADS).transpose(0, 2, 1, 3)

        query, key, value = heads("query"), heads("key"), heads("value")
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32((width // _HEADS) ** 0.5) + unseen
        shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
        shares /= shares.sum(axis=-1, keepdims=True)
        return (shares @ value).transpose(0, 2, 1, 3).reshape(batch, length, width)

    def _linear(self, name: str, given: Floats) -> Floats:
        """As one product of two dimensions: of three, it would be one product for each text."""
        weight, bias = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        flat = given.reshape(-1, given.shape[-1]) @ weight + bias
        return flat.reshape(*given.shape[:-1], -1)

    def _normalised(self, name: str, given: Floats) -> Floats:
        centred = given - given.mean(axis=-1, keepdims=True)
        variance = (centred * centred).mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt(variance + np.float32(_EPSILON))
        return scaled * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]


def _multiplies(name: str) -> bool:
    return name.startswith("encoder.") and name.endswith(
        ("dense.weight", "query.weight", "key.weight", "value.weight")
    )


def _gelu(x: Floats) -> Floats:
    return x * np.float32(0.5) * (1 + _erf(x * np.float32(0.5**0.5)))


def _erf(x: Floats) -> Floats:
    """To 1.5e-7: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26."""
    size = np.abs(x)
    t = 1 / (1 + np.float32(0.3275911) * size)
    powers = t * (
        0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))
    )
    return np.copysign(1 - powers * np.exp(-size * size), x)
