"""What a layer or model gives in inference mode, as a NumPy array."""

import keras
import numpy as np
from keras import layers


def inference_outputs(layer: layers.Layer, x: np.ndarray) -> np.ndarray:
    return keras.ops.convert_to_numpy(layer(x, training=False))
