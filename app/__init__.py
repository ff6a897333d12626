"""Parley: agents negotiate and people converse, and nothing said, offered or spent is lost."""

import warnings

from pydantic import BaseModel
from pydantic.warnings import UnsupportedFieldAttributeWarning

from app.kit.absent import absent, rule_out

# What an idle process would hold for nothing, in megabytes of memory:
with absent("rich"):  # 5: structlog loads it for tracebacks that it isn't asked for
    import structlog  # noqa: F401
rule_out("pydantic.v1")  # 2: the framework asks of every type whether it is one of that age
BaseModel.model_config["defer_build"] = True  # 3: validators that nobody has used yet
# … which FastAPI hushes where it expects them to be made
warnings.filterwarnings("ignore", category=UnsupportedFieldAttributeWarning)

APP_NAME = "Parley"
VERSION = "0.1.0"
