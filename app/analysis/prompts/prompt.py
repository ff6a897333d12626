"""Finds and fills the templates. A template's version is part of its name."""

from collections.abc import Sequence

from app.analysis.figures import RunFigures, Sentence
from app.analysis.judgement import Judgement
from app.analysis.prompts.log_lines import log_lines
from app.analysis.prompts.public_figures import public_sentences
from app.kit.frozen import frozen
from app.kit.templating import Templates, texts_in
from app.llm import Message, Role
from app.negotiation import FinishedRun, quoted

RUN = "judge_run.v1"
SESSION = "judge_session.v1"

_SUFFIX = ".md.j2"
_TEMPLATES = Templates(
    texts_in("app.analysis.prompts", "templates"),
    filters={"quoted": quoted},
)


@frozen
class RunCase:
    """A run as a judge is shown it; `judgement` is an earlier one, for a judge of the session."""

    run: FinishedRun
    figures: RunFigures
    sentences: Sequence[Sentence]
    judgement: Judgement | None = None

    @property
    def told(self) -> tuple[Sentence, ...]:
        return public_sentences(self.figures, self.sentences)


def about_run(case: RunCase) -> tuple[Message, ...]:
    return (
        Message(Role.SYSTEM, _filled(RUN, "system")),
        Message(Role.USER, _filled(RUN, "run", case=case, log=log_lines(case.run))),
    )


def about_session(cases: Sequence[RunCase]) -> tuple[Message, ...]:
    return (
        Message(Role.SYSTEM, _filled(SESSION, "system")),
        Message(Role.USER, _filled(SESSION, "runs", cases=cases)),
    )


def refused(problems: Sequence[str]) -> str:
    """What is said to a judge whose answer doesn't hold."""
    return _TEMPLATES.render(f"refused.v1{_SUFFIX}", problems=problems)


def _filled(name: str, part: str, **values: object) -> str:
    return _TEMPLATES.render(f"{name}.{part}{_SUFFIX}", **values)
