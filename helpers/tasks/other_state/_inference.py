"""What a layer or model gives in inference mode, as a NumPy array."""

import keras
import numpy as np


def inference_outputs(layer, x) -> np.ndarray:
    return keras.ops.convert_to_numpy(layer(x, training=False))
