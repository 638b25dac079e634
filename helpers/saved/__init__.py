"""Saved models: what a file says of a model's weights, without running anything from the file.

Keras's `load_model` makes every array that a file declares, so that a file of a kilobyte can ask
for all memory there is. Here a model is built in outline, shapes and flags without numbers, from
the classes of Keras alone; what the file's own classes hold is counted in its arrays.
"""
