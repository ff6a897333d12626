"""Holds what a judge wrote against the record: whatever cites what isn't there is refused."""

from app.analysis.verification.citations import RunCheck
from app.analysis.verification.numbers import Known, unsupported
from app.analysis.verification.sessions import SessionCheck

__all__ = ["Known", "RunCheck", "SessionCheck", "unsupported"]
