"""Saved models: what a file says of a model's weights, without running anything from the file.

Keras's `load_model` makes every array that a file declares, so that a file of a kilobyte can ask
for all memory there is. Here a model is built in outline, shapes and flags without numbers, from
the classes of Keras alone; what the file's own classes hold is counted in its arrays.

`archive` opens a file that may be anything, `arrays` lists what is in its HDF5 part, and
`configuration` which layers it declares: these three need no Keras, and refuse a bad file at once.
`outline` builds the model without numbers, `roles` gives each weight its role, from the outline or
from the arrays, and `read` puts it all together. `findings` are what the file shows to be wrong,
`report` says it, and `trial` has Keras load the model, to diagnose it on data.
"""
