"""Parley: agents negotiate and people converse, and nothing said, offered or spent is lost."""

from app.kit.absent import absent, rule_out

# What an idle process would hold for nothing, in megabytes of memory:
with absent("rich"):  # 5: structlog loads it for tracebacks that it isn't asked for
    import structlog  # noqa: F401
rule_out("pydantic.v1")  # 2: the framework asks of every type whether it is one of that age

APP_NAME = "Parley"
VERSION = "0.1.0"
