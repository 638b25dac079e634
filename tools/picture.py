"""Draw the README's picture, docs/roles.png, and print its caption (the alt text).

python -m tools.picture
"""

from pathlib import Path

from helpers import start
from helpers.figures import by_role

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "roles.png"


def model():
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
    drawn = by_role(model())
    PICTURE.parent.mkdir(exist_ok=True)
    drawn.figure.savefig(PICTURE, dpi=110, metadata={"Software": None})
    print(drawn.caption)
