"""The instruments of the course: see what a Keras model trains and what it leaves alone.

Importing this package is cheap: TensorFlow loads when `start()` is called, or with Keras.
"""

from helpers._start import start

__all__ = ["start"]
