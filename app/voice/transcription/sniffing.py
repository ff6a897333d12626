"""Whether bytes are a recording, by how they begin."""

HEAD = 16
"""Bytes that it takes."""

_STARTS = (
    b"ID3",
    b"OggS",
    b"fLaC",
    b"\x1aE\xdf\xa3",  # Matroska and WebM
    b"FORM",  # AIFF
    b"#!AMR",
    b"caff",
    b".snd",
    b"\x00\x00\x01\xba",  # MPEG program stream
    b"0&\xb2u",  # ASF, WMA
)
_RIFF = (b"WAVE", b"AVI ")


def is_recording(head: bytes) -> bool:
    """Of the containers that browsers and phones record in, and the usual others."""
    if head.startswith(_STARTS) or head[4:8] == b"ftyp":  # MP4, M4A, MOV
        return True
    if head.startswith(b"RIFF"):
        return head[8:12] in _RIFF
    return len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0  # bare MPEG audio
