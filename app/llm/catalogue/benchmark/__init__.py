"""Exercises for models, and how their answers are marked. Pure: no model is asked in here."""
