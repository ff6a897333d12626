"""What every test may ask for: a real database, a real service, a model vendor that is ours."""

from app.kit.lean import load_less

load_less()  # as every process of the service does

pytest_plugins = [
    "tests.console.browser",
    "tests.fixtures.database",
    "tests.fixtures.environment",
    "tests.fixtures.service",
]
