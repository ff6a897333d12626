"""Puts the application together: settings → middleware → routes."""

from app import APP_NAME, VERSION
from app.compat import (
    AI_SDK_PATHS,
    OPENAI_PATHS,
    render_ai_sdk_error,
    render_openai_error,
)
from app.lifespan import lifespan_of
from app.routes import ROUTERS
from app.settings import Settings
from app.telemetry import Spans
from app.web import EXCEPTION_HANDLERS, FORM_BYTES, Api, middleware_stack

RECORDING_PATHS = ("/api/v1/voice/transcriptions", "/api/chat/voice")

DESCRIPTION = """\
Language-model agents negotiate in rooms that anyone can watch live.

Make a marketplace with `POST /api/v1/simulation/initialize`, start one of its rooms, and watch its
stream. Every error looks alike: `{"error": {"code", "message", "details", "timestamp"}}`.
"""


def create_app(settings: Settings) -> Api:
    spans = Spans()
    app = Api(
        title=APP_NAME,
        version=VERSION,
        description=DESCRIPTION,
        docs_url=None,  # ours is among the routes
        redoc_url=None,
        # The framework's own would send what is ours to redact, where its variable is set.
        telemetry={"auto_configure": False, "tracing": False, "metrics": False, "logs": False},
        lifespan=lifespan_of(settings, spans),
        exception_handlers=dict(EXCEPTION_HANDLERS),
        middleware=middleware_stack(
            cors_origins=settings.server.cors_origins,
            body_limit_bytes=settings.server.body_limit_bytes,
            special_limits={
                **dict.fromkeys(
                    (OPENAI_PATHS, AI_SDK_PATHS), settings.server.model_body_limit_bytes
                ),
                **dict.fromkeys(RECORDING_PATHS, settings.voice.upload_limit_bytes + FORM_BYTES),
            },
            error_forms={OPENAI_PATHS: render_openai_error, AI_SDK_PATHS: render_ai_sdk_error},
            accounted=(OPENAI_PATHS,),  # in the ledger
            routers=ROUTERS,
            spans=spans,
        ),
    )
    for router in ROUTERS:
        app.include_router(router)
    return app
