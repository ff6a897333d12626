"""Pictures that are written into their own address."""

import re

_DATA = re.compile(r"data:(?P<kind>[\w.+/-]+);base64,", re.IGNORECASE)


def split_data_url(url: str) -> tuple[str, str] | None:
    """The media type and the base64 text of `data:image/png;base64,…`; None for any other."""
    found = _DATA.match(url)
    return (found["kind"].lower(), url[found.end() :]) if found else None
