"""Predictions of the lessons: a module for each lesson, on a core for all."""
