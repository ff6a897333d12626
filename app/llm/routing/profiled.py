"""Fills in what a caller leaves to the profile and the outer layers have to know."""

from dataclasses import replace

from app.llm.call import Call
from app.llm.messages import ModelRequest
from app.llm.model import Answer, ChatModel
from app.llm.routing.asked import Asked
from app.llm.routing.profile import LiveProfiles


class Profiled:
    """Whether to use the cache, and how to compress: the caller's word counts, then the profile's.

    It stands outside of those layers, and raises `UnknownModel` for a profile that isn't there.
    """

    def __init__(self, inner: ChatModel, profiles: LiveProfiles) -> None:
        self._inner = inner
        self._profiles = profiles

    async def open(self, request: ModelRequest, call: Call) -> Answer:
        if self._profiles.current.steers_layers:
            request = self._filled(request)
        return await self._inner.open(request, call)

    def _filled(self, request: ModelRequest) -> ModelRequest:
        profile = Asked.of(request, self._profiles.current).profile
        if profile is None or (profile.cache is None and profile.compress is None):
            return request
        wishes = request.wishes
        cache = profile.cache if wishes.cache is None else wishes.cache
        compress = profile.compress if wishes.compress is None else wishes.compress
        return replace(request, wishes=replace(wishes, cache=cache, compress=compress))
