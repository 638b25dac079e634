"""Tasks of exercise 8: the freezing clinic."""

from helpers.tasks.core import Exercise
from helpers.tasks.freezing_clinic.column import fixed_column
from helpers.tasks.freezing_clinic.detect import contradictions
from helpers.tasks.freezing_clinic.diagnose import moved_arrays, six_reports
from helpers.tasks.freezing_clinic.fine_tuning import accuracy, capstone, new_digits, unseen_digits
from helpers.tasks.freezing_clinic.first import first_no
from helpers.tasks.freezing_clinic.order import gentle_proof, lines
from helpers.tasks.freezing_clinic.patients import examples, network
from helpers.tasks.freezing_clinic.repair import student, temperature

__all__ = ["accuracy", "examples", "lines", "network", "new_digits", "unseen_digits"]

exercise = Exercise(
    "Exercise 8, the freezing clinic",
    [
        six_reports,
        moved_arrays,
        contradictions,
        first_no,
        student,
        temperature,
        fixed_column,
        gentle_proof,
        capstone,
    ],
)
scoreboard = exercise.scoreboard
