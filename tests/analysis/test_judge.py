"""How a judge is asked."""

import asyncio

import pytest
from pydantic import SecretStr

from app.analysis.errors import JudgementDelayed
from app.analysis.judge import Judge, Question
from app.analysis.judgement import OverallJudgement, asked_of_session
from app.llm import CallContext, Connection, Message, Role, Wishes, build_client
from tests.fakes.gemini import FakeGemini
from tests.fakes.judging import judge

QUESTION = Question(
    (Message(Role.USER, "How was it?"),),
    asked_of_session(),
    OverallJudgement,
    lambda _answer: [],
    CallContext("default"),
    Wishes(models=("gemini:any",)),
)


async def test_a_vendor_that_hangs_holds_up_a_few_and_no_more() -> None:
    async with FakeGemini(reply=judge, fault="silence") as gemini:
        key = Connection(api_key=SecretStr("sk-x"), base_url=gemini.base_url)
        client = build_client({"gemini": key})
        asked = Judge(client, at_once=1)
        first = asyncio.create_task(asked.ask(QUESTION))
        while not gemini.calls:  # the fake has no event for it
            await asyncio.sleep(0.01)

        waits = set()
        for _ in range(2):
            with pytest.raises(JudgementDelayed) as delayed:
                await asked.ask(QUESTION)
            waits.add(delayed.value.seconds)
        first.cancel()
        await asyncio.wait({first})
        gemini.fault = "ok"
        verdict = await asked.ask(QUESTION)
        await client.aclose()

    assert len(waits) == 2
    assert verdict.answer is not None
    assert verdict.answer.recommendations == ["Open lower."]
    assert verdict.spent.cost_usd is None
