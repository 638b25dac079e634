"""Promise: TensorFlow is loaded once per test process, quietly, before any test needs it."""

from helpers import start

start()
