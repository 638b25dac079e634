"""Tasks of exercise 8: the freezing clinic."""

from helpers.tasks.core import Exercise
from helpers.tasks.freezing_clinic._clinic_models import examples, network
from helpers.tasks.freezing_clinic.capstone import accuracy, capstone, new_digits, unseen_digits
from helpers.tasks.freezing_clinic.contradictions import contradictions
from helpers.tasks.freezing_clinic.first_no import first_no
from helpers.tasks.freezing_clinic.fixed_column import fixed_column
from helpers.tasks.freezing_clinic.gentle_proof import gentle_proof, lines
from helpers.tasks.freezing_clinic.moved_arrays import moved_arrays
from helpers.tasks.freezing_clinic.six_reports import six_reports
from helpers.tasks.freezing_clinic.student import student
from helpers.tasks.freezing_clinic.temperature import temperature

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
