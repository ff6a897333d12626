"""What every test may ask for: a real database, a real service, a model vendor that is ours."""

pytest_plugins = [
    "tests.console.browser",
    "tests.fixtures.database",
    "tests.fixtures.environment",
    "tests.fixtures.service",
]
