"""Draw the README's picture and the clinic's chart to print; say their captions (the alt texts).

python -m tools.picture
"""

from pathlib import Path
from typing import TYPE_CHECKING

from helpers import start
from helpers.figures import by_role, diagnostic_chart
from tools import ROOT

if TYPE_CHECKING:
    import keras

DOCS = ROOT / "docs"


def _model() -> "keras.Model":
    """A frozen layer, a layer that keeps statistics, and a layer that learns."""
    import keras
    from keras import layers

    made = keras.Sequential(
        [
            keras.Input((100,)),
            layers.Dense(32, name="hidden"),
            layers.BatchNormalization(name="norm"),
            layers.Dense(10, name="output"),
        ],
        name="model",
    )
    made.get_layer("hidden").trainable = False
    return made


def draw(folder: Path) -> None:
    """Write roles.png and freezing_chart.pdf, one page, and print what each shows."""
    roles, chart = by_role(_model()), diagnostic_chart()
    roles.figure.savefig(folder / "roles.png", dpi=110, metadata={"Software": None})
    chart.figure.savefig(
        folder / "freezing_chart.pdf",
        facecolor="white",  # paper is the card
        metadata={"Title": "My freeze does not work: why?", "CreationDate": None},
    )
    print(roles.caption, chart.caption, sep="\n")


if __name__ == "__main__":
    start()
    draw(DOCS)
