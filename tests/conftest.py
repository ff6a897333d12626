"""What every test may ask for: a real database, a real service, a model vendor that is ours."""

import pytest

from app.telemetry import configure_logs

pytest_plugins = [
    "tests.console.browser",
    "tests.fixtures.database",
    "tests.fixtures.service",
]


@pytest.fixture(scope="session", autouse=True)
def _quiet_logs() -> None:
    """What a service logs in passing isn't printed among the results."""
    configure_logs("WARNING", "json")
