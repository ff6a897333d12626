"""What a reader is told of how an answer came about, out of the call's own notebook."""

from collections.abc import Iterator

from app.chat.events import NoticeCode, Noticed
from app.llm import AUTO, CONTEXT, PROFILE_PREFIX, Call, Plan, Saving, Source


def notices(call: Call, first_choice: str | None) -> Iterator[Noticed]:
    """Of a call that is being answered; `first_choice` is what the reader takes for its model."""
    if call.waited:
        said = f"A model asked to wait, and was asked again after {call.waited:.1f} s"
        yield Noticed(NoticeCode.WAITED, said)
    if call.used is not None and str(call.used) != first_choice:
        yield _instead(call, str(call.used), first_choice)
    elif (asked := _passed_over(call)) is not None:
        yield Noticed(NoticeCode.FALLBACK, f"{call.used} answers in place of {asked}")
    if saved := left_out(call):
        yield Noticed(
            NoticeCode.COMPRESSED,
            f"About {saved} tokens of the context were left out, to fit {call.used}",
        )


def _passed_over(call: Call) -> str | None:
    """The model that was asked for by name, and why it wasn't asked, where that is so."""
    named = [
        n for n in call.request.wishes.models if n != AUTO and not n.startswith(PROFILE_PREFIX)
    ]
    answering = [each for each in call.plan.candidates if each.ref == call.used]
    if not named or not answering or answering[0].source is Source.ASKED:
        return None
    skipped = {each["model"]: each["why"] for each in call.decision.get("skipped", ())}
    return f"{named[0]}, which {skipped[named[0]]}" if named[0] in skipped else named[0]


def left_out(call: Call) -> int:
    """Tokens of the context that the model which answers wasn't sent; an estimate."""
    return sum(_tokens(saving) for saving in call.savings if saving.strategy == CONTEXT)


def _tokens(saving: Saving) -> int:
    return max(0, saving.tokens_before - saving.tokens_after)


def _instead(call: Call, used: str, first_choice: str | None) -> Noticed:
    if used in _beyond(call.plan):
        said = f"All models that were to be asked are busy or away; {used}, no dearer, answers"
        return Noticed(NoticeCode.CHEAPER, said)
    failed = [each for each in call.attempts if each.error is not None and str(each.model) != used]
    why = f": {failed[0].message}" if failed and failed[0].message else ""
    first = str(failed[0].model) if failed else first_choice
    return Noticed(NoticeCode.FALLBACK, f"{used} answers in place of {first}{why}")


def _beyond(plan: Plan) -> set[str]:
    return {str(each.ref) for each in plan.candidates if each.source is Source.BEYOND}
