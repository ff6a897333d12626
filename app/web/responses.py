"""JSON answers, for the few that aren't written from a response model."""

from starlette import responses

from app.kit.json import dumps


class JSONResponse(responses.JSONResponse):
    """Written by orjson, with amounts as numbers and time with `Z`."""

    def render(self, content: object) -> bytes:
        return dumps(content)


def writable(text: str) -> str:
    """`text` with lone surrogates, which have no UTF-8 form, replaced by `?`."""
    return text.encode("utf-8", "replace").decode()
