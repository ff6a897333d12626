"""A file in a request's body: one of a form, or the body itself."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import field
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from app.errors import FieldIssue, InvalidInput
from app.kit.frozen import frozen
from app.web.body_limit import PayloadTooLarge

FORM_BYTES = 65_536
"""What a form may have around its file."""

_FORM = "multipart/form-data"
_IN_MEMORY = 1024 * 1024
_MOST_FIELDS = 10
_FIELD_BYTES = 4096


class UploadInvalid(InvalidInput):
    """The body has no file that this service can use."""

    def __init__(self, where: str, issue: str) -> None:
        super().__init__(f"{where} {issue}", details=(FieldIssue(where, issue),))


@frozen
class Upload:
    """`size` in bytes. `fields` are the form's others, where it is one."""

    file: BinaryIO
    name: str
    content_type: str
    size: int
    fields: Mapping[str, str] = field(default_factory=dict)


@asynccontextmanager
async def uploaded(request: Request, *, kinds: tuple[str, ...], most: int) -> AsyncIterator[Upload]:
    """The field `file` of a form, or a body whose content type begins with one of `kinds`; of
    `most` bytes. What is larger than a megabyte lies on disk, until the end of the block.

    Raises `UploadInvalid`, `PayloadTooLarge`.
    """
    content_type = request.headers.get("content-type", "").lower()
    if content_type.startswith(_FORM):
        async with _form(request, most) as upload:
            yield upload
    elif content_type.startswith(kinds):
        async with _body(request, content_type, most) as upload:
            yield upload
    else:
        wanted = f"{_FORM}, or a type that begins with {' or '.join(kinds)}"
        raise UploadInvalid("content-type", f"should be {wanted}; it is {content_type[:100]!a}")


@asynccontextmanager
async def _form(request: Request, most: int) -> AsyncIterator[Upload]:
    try:
        form = await request.form(max_files=1, max_fields=_MOST_FIELDS, max_part_size=_FIELD_BYTES)
    except HTTPException as error:
        raise UploadInvalid("body", f"is no form that can be read: {error.detail}") from None
    try:
        found = form.get("file")
        if not isinstance(found, UploadFile):
            raise UploadInvalid("file", "is required: a form's field with a file in it")
        if (found.size or 0) > most:
            raise PayloadTooLarge(most)
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        kind = found.content_type or "application/octet-stream"
        yield Upload(found.file, found.filename or "file", kind, found.size or 0, fields)
    finally:
        await form.close()


@asynccontextmanager
async def _body(request: Request, content_type: str, most: int) -> AsyncIterator[Upload]:
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as spooled:
        file = UploadFile(cast("BinaryIO", spooled), size=0)
        async for piece in request.stream():
            await file.write(piece)
            if (file.size or 0) > most:
                raise PayloadTooLarge(most)
        await file.seek(0)
        yield Upload(file.file, "recording", content_type, file.size or 0)
