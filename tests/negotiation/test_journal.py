"""What follows when a run ends."""

from uuid import UUID

import pytest

from app.db import Address, Notifications, UnitOfWork
from app.negotiation import Aftermaths, Decided, Journal, Outcome, RoundStarted, RunEnded, Verdict
from app.negotiation.journal import Timed
from tests.negotiation.market import NOW

START = (RoundStarted(round=1), NOW)
DECISION = (
    Decided(outcome_id=UUID(int=1), verdict=Verdict.NO_DEAL, reason="enough", round=1),
    NOW,
)
END = (RunEnded(outcome=Outcome.NO_DEAL, rounds=1, seconds=1.0, reason="enough"), NOW)


class For:
    """Something follows for one tenant alone."""

    def __init__(self, tenant_id: str) -> None:
        self._tenant_id = tenant_id

    def follows(self, tenant_id: str) -> bool:
        return tenant_id == self._tenant_id

    async def ended(self, unit: UnitOfWork, run_id: UUID) -> None:
        raise AssertionError("nothing is written here")


def journal(*aftermaths: For) -> Journal:
    return Journal(Notifications(Address("postgresql://nowhere")), Aftermaths(*aftermaths))


@pytest.mark.parametrize("events", [[START], [DECISION], [START, DECISION], [END], [DECISION, END]])
def test_an_end_that_nothing_follows_is_one_statement(events: list[Timed]) -> None:
    alone = Journal(Notifications(Address("postgresql://nowhere")))
    for written in (alone, journal(), journal(For("red"))):
        assert not written.needs_transaction("blue", events)


def test_what_follows_is_written_with_the_end_and_with_nothing_else() -> None:
    written = journal(For("red"), For("blue"))
    assert written.needs_transaction("red", [DECISION, END])
    assert written.needs_transaction("blue", [END])
    assert not written.needs_transaction("red", [START, DECISION])
