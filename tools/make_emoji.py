"""Rebuild helpers/data/emoji.npz from Debian's emoji font and the list of emoji on npm.

    apt-get download fonts-noto-color-emoji && dpkg-deb -x fonts-noto-color-emoji_*.deb noto
    npm pack emoji-datasource@16.0.0 && tar xzf emoji-datasource-16.0.0.tgz package/emoji.json
    python -m tools.make_emoji noto/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf \\
        package/emoji.json

Of each of five groups 45 emoji are drawn (seed 0), set on white, made 56 × 56 pixels, and
shuffled so that the first 100 hold 20 of each. fontTools and Pillow come with matplotlib. Prints
the SHA-256 that helpers/datasets.py expects.
"""

import hashlib
import io
import json
import sys
from pathlib import Path

import numpy as np
from fontTools.ttLib import TTFont
from PIL import Image

from helpers.datasets import DATA, EMOJI_NAMES

SUBCATEGORIES = {  # of emoji-datasource; what a group has in common can be seen
    "animal": ("animal-",),
    "food": ("food-", "drink"),
    "vehicle": ("transport-",),
    "clothing": ("clothing",),
    "face": (
        "face-smiling",
        "face-affection",
        "face-tongue",
        "face-hand",
        "face-neutral",
        "face-sleepy",
        "face-unwell",
        "face-concerned",
        "face-negative",
    ),
}
EACH, TRAIN, SIZE = 45, 20, 56


def _codes(items: list[dict], group: str) -> list[int]:
    """The code points of a group's emoji that consist of one sign, in the list's order."""
    chosen = [i for i in items if i["subcategory"].startswith(SUBCATEGORIES[group])]
    parts = [[p for p in i["unified"].split("-") if p != "FE0F"] for i in chosen]
    return [int(part[0], 16) for part in parts if len(part) == 1]


def _drawn(png: bytes) -> np.ndarray:
    """A glyph of 136 × 128 pixels on a white square, (56, 56, 3) uint8."""
    glyph = Image.open(io.BytesIO(png)).convert("RGBA")
    square = Image.new("RGBA", (136, 136), "white")
    square.alpha_composite(glyph, (0, 4))
    return np.array(square.convert("RGB").resize((SIZE, SIZE), Image.Resampling.LANCZOS))


def main(font_file: Path, list_file: Path) -> None:
    font, items = TTFont(font_file), json.loads(list_file.read_text("utf-8"))
    names, bitmaps = font.getBestCmap(), font["CBDT"].strikeData[0]
    rng = np.random.default_rng(0)
    images: list[np.ndarray] = []
    labels: list[int] = []
    for label, group in enumerate(EMOJI_NAMES):
        known = [names[code] for code in _codes(items, group) if names.get(code) in bitmaps]
        for name in rng.permutation(known)[:EACH]:
            images.append(_drawn(bitmaps[name].imageData))
            labels.append(label)
    place = np.arange(len(labels)) % EACH
    order = np.concatenate(
        [rng.permutation(np.flatnonzero(part)) for part in (place < TRAIN, place >= TRAIN)]
    )
    path = DATA / "emoji.npz"
    np.savez_compressed(
        path, images=np.array(images)[order], labels=np.array(labels, "uint8")[order]
    )
    print(hashlib.sha256(path.read_bytes()).hexdigest(), path.name, path.stat().st_size)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
