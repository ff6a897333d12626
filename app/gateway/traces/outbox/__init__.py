"""Traces on their way out: what is said is kept here first, and delivered from here."""
