"""What lesson 1 teaches, and how to make it false."""

from tools.claims import Patch

PATCHES: list[Patch] = []
