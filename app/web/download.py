"""A file that is made while it is sent, however large it is."""

import asyncio
import re
from urllib.parse import quote

from starlette.requests import ClientDisconnect
from starlette.responses import ContentStream, StreamingResponse
from starlette.types import Message, Send

from app.web.event_stream import SLOW_READER_SECONDS

_NOT_PLAIN = re.compile(r"[^\w.-]", re.ASCII)


class Download(StreamingResponse):
    """Sends `pieces` as they come, to be saved under `file_name`.

    A reader that takes none of it for 30 s is taken for gone. When making it fails, the answer is
    cut, which its reader notices: its length isn't told before, so that the end has to be.
    """

    def __init__(self, pieces: ContentStream, *, file_name: str, media_type: str) -> None:
        plain = _NOT_PLAIN.sub("_", file_name)  # for readers that don't know the other form
        super().__init__(
            pieces,
            media_type=media_type,
            headers={
                "Content-Disposition": f'attachment; filename="{plain}"; '
                f"filename*=UTF-8''{quote(file_name, safe='')}",
                "Cache-Control": "no-store",
                "X-Content-Type-Options": "nosniff",
            },
        )

    async def stream_response(self, send: Send) -> None:
        async def patiently(message: Message) -> None:
            try:
                async with asyncio.timeout(SLOW_READER_SECONDS):
                    await send(message)
            except TimeoutError:
                raise ClientDisconnect from None

        await super().stream_response(patiently)
