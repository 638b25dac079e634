"""The instruments of the course: see what a Keras model trains and what it leaves alone.

Importing this package is cheap: TensorFlow loads when `start()` is called, or with Keras.
"""

from helpers.quiet import start

__all__ = ["start"]
