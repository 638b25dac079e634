"""Draw the README's picture, docs/roles.png, and print its caption (the alt text).

python -m tools.picture
"""

from typing import TYPE_CHECKING

from helpers import start
from helpers.figures import by_role
from tools import ROOT

if TYPE_CHECKING:
    import keras

PICTURE = ROOT / "docs" / "roles.png"


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


if __name__ == "__main__":
    start()
    drawn = by_role(_model())
    PICTURE.parent.mkdir(exist_ok=True)
    drawn.figure.savefig(PICTURE, dpi=110, metadata={"Software": None})
    print(drawn.caption)
