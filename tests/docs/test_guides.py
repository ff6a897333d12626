"""The guides to the partners: one form, what the code says, and examples that run against fakes."""

import json
import re
from urllib.parse import urlsplit

import pytest

from app.main import create_app
from app.settings import load_settings
from tests.contracts.workspace import COMMANDS, load, targets
from tests.docs.conftest import Follow
from tests.docs.pages import DOCS, ROOT, Page
from tests.docs.settings_tables import GUIDES, written
from tests.docs.source import says
from tests.docs.test_pages import links
from tests.docs.test_reference import REFERENCE, rows, sections
from tests.docs.vendors import seen_by_openai
from tests.fakes.anthropic import FakeAnthropic
from tests.fakes.elevenlabs import KEY as VOICE_KEY
from tests.fakes.elevenlabs import FakeElevenLabs
from tests.fakes.elevenlabs_hearing import PATH as HEARING
from tests.fakes.elevenlabs_hearing import Listener
from tests.fakes.galileo import FakeGalileo
from tests.fakes.gemini import FakeGemini
from tests.fakes.judging import JUDGES, judge
from tests.fakes.negotiating import negotiate
from tests.fakes.openrouter import FakeOpenRouter

FOLDER = DOCS / "integrations"
REFERENCES: dict[str, dict[str, str]] = json.loads((FOLDER / "references.json").read_text("utf-8"))
SECTIONS = [
    "Overview",
    "Official references",
    "Prerequisites",
    "Installation",
    "Configuration",
    "How it is built here",
    "Usage examples",
    "Testing strategy",
    "Troubleshooting",
    "Cost and limits",
    "Security",
]
VENDORS = {
    "anthropic": "platform.claude.com",
    "openrouter": "openrouter.ai",
    "google": "ai.google.dev",
    "galileo": "galileo.ai",
    "sentry": "sentry.io",
    "elevenlabs": "elevenlabs.io",
    "daytona": "daytona.io",
    "containers": "containers.dev",
    "docker": "docker.com",
    "github": "docs.github.com",
    "coderabbit": "coderabbit.ai",
}
COMPOSE_PROFILES = {
    profile
    for service in load("docker-compose.yml")["services"].values()
    for profile in service.get("profiles", ())
}
WITHOUT_A_VENDOR = [
    "INTEGRATION_INDEX",
    "SENTRY_INTEGRATION",
    "DAYTONA_SETUP",
    "CODERABBIT_SETUP",
]
every_guide = pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.path.stem)


@pytest.fixture(scope="module")
def endpoints() -> re.Pattern[str]:
    """Methods with their paths."""
    paths = create_app(load_settings(env_file=None)).openapi()["paths"]
    forms = (
        f"{verb.upper()} {re.sub(r'{[^}]*}', '[^/]+', path)}"
        for path, verbs in paths.items()
        for verb in verbs
    )
    return re.compile("|".join(forms))


def guide(name: str) -> Page:
    return Page(FOLDER / f"{name}.md")


def outward(page: Page) -> set[str]:
    return {link for link in links(page) if link.startswith("https://")}


class TestForm:
    def test_the_guides(self) -> None:
        assert {each.path.stem for each in GUIDES} == {
            "INTEGRATION_INDEX",
            "ANTHROPIC_CLAUDE",
            "GEMINI_ANALYSIS",
            "GALILEO_INTEGRATION",
            "SENTRY_INTEGRATION",
            "ELEVENLABS_VOICE",
            "DAYTONA_SETUP",
            "CODERABBIT_SETUP",
        }

    @every_guide
    def test_the_same_sections_in_the_same_order(self, guide: Page) -> None:
        found = sections(guide.prose)
        assert [*found] == SECTIONS
        assert all(body.strip() for body in found.values())

    @every_guide
    def test_a_diagram_and_the_files(self, guide: Page) -> None:
        built = guide.text.partition("\n## How it is built here\n")[2].partition("\n## ")[0]
        assert "```mermaid\n" in built
        assert len(re.findall(r"\]\(\.\.[^)#]+\)", built)) >= 3

    @every_guide
    def test_figures_of_cost_have_a_date(self, guide: Page) -> None:
        costs = sections(guide.prose)["Cost and limits"]
        if re.search(r"\d+ (USD|requests)|USD \d|times the price", costs):
            assert re.search(r"(August|November) 2026", costs)

    def test_the_index_leads_to_all(self) -> None:
        index = guide("INTEGRATION_INDEX")
        targets = {link.partition("#")[0] for link in links(index)}
        assert {each.path.name for each in GUIDES} - {index.path.name} <= targets


class TestTables:
    @every_guide
    def test_they_are_what_the_code_says(self, guide: Page) -> None:
        assert guide.text == written(guide.text), "make docs writes them anew"

    @every_guide
    def test_there_is_one(self, guide: Page) -> None:
        configuration = sections(guide.prose)["Configuration"]
        assert re.search(r"<!-- (settings|rules)", configuration)

    def test_a_name_that_fits_nothing_is_told(self) -> None:
        with pytest.raises(LookupError, match="NO_SUCH"):
            written("<!-- settings NO_SUCH -->\n<!-- end -->")


class TestReferences:
    @every_guide
    def test_a_guide_has_some(self, guide: Page) -> None:
        assert links_in(guide, "Official references")

    @every_guide
    def test_every_address_was_seen(self, guide: Page) -> None:
        assert outward(guide) <= set(REFERENCES)

    def test_every_address_is_used(self) -> None:
        assert set(REFERENCES) == set().union(*map(outward, GUIDES))

    @pytest.mark.parametrize("address", REFERENCES)
    def test_an_address_is_the_vendors_own(self, address: str) -> None:
        host = urlsplit(address).hostname or ""
        assert any(host == own or host.endswith(f".{own}") for own in VENDORS.values())
        assert re.match(r"(docs|pages): \w", REFERENCES[address]["seen"])
        assert REFERENCES[address]["title"]


def links_in(page: Page, section: str) -> list[str]:
    return re.findall(r"\]\(([^)]+)\)", sections(page.prose)[section])


CODES = {cell.strip("`") for cells in rows(Page(REFERENCE / "errors.md").text) for cell in cells}


class TestTroubleshooting:
    @every_guide
    def test_every_row_has_symptom_cause_and_cure(self, guide: Page) -> None:
        assert len(self.table(guide)) >= 3
        assert all(len(row) == 3 and all(row) for row in self.table(guide))

    @every_guide
    def test_every_text_that_is_quoted_is_one_the_code_gives(self, guide: Page) -> None:
        quoted = [text for row in self.table(guide) for text in re.findall(r"`([^`]+)`", row[0])]
        assert not [text for text in quoted if text not in CODES and not says(text)]

    def table(self, guide: Page) -> list[list[str]]:
        lines = sections(guide.prose)["Troubleshooting"].splitlines()
        cells = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
        return cells[2:]

    @pytest.mark.parametrize(
        ("sentence", "said"),
        [
            ("Provider '…' is not configured: set … and restart", True),
            ("Provider '…' is not installed", False),
            ("No Chromium is installed", True),
        ],
    )
    def test_what_the_code_says_is_known(self, sentence: str, *, said: bool) -> None:
        assert says(sentence) is said


class TestCommands:
    @every_guide
    def test_files_that_are_named_are_there(self, guide: Page) -> None:
        named = re.findall(
            r"`((?:app|tests|docs|\.ci|\.devcontainer|\.github)/[\w./-]+)`", guide.prose
        )
        assert not [name for name in named if not (ROOT / name).exists()]

    @every_guide
    def test_commands_that_are_named_are_there(self, guide: Page) -> None:
        assert set(re.findall(r"python -m app ([\w-]+)", guide.text)) <= COMMANDS
        assert set(re.findall(r"`make (\w+)`", guide.text)) <= targets()
        assert set(re.findall(r"--profile (\S+)", guide.text)) <= COMPOSE_PROFILES

    @every_guide
    def test_endpoints_that_are_named_are_there(
        self, guide: Page, endpoints: re.Pattern[str]
    ) -> None:
        named = re.findall(r"`((?:GET|POST|PUT|DELETE) /[^`?]+)", guide.text)
        assert not [each for each in named if not endpoints.fullmatch(each)]

    @every_guide
    def test_examples_run(self, guide: Page) -> None:
        assert any(block.runs for block in guide.blocks)


class TestExamples:
    @pytest.mark.parametrize("name", WITHOUT_A_VENDOR)
    async def test_without_a_vendor(self, name: str, follow: Follow) -> None:
        await follow(guide(name))

    async def test_claude(self, follow: Follow) -> None:
        async with (
            FakeAnthropic(
                reply=lambda body: negotiate(seen_by_openai(body)), models=("claude-sonnet-5",)
            ) as claude,
            FakeOpenRouter(models=("anthropic/claude-haiku-4.5",)) as openrouter,
        ):
            await follow(
                guide("ANTHROPIC_CLAUDE"),
                ANTHROPIC_API_KEY="sk-ant-change-me",
                ANTHROPIC_BASE_URL=claude.base_url,
                OPENROUTER_API_KEY="sk-or-change-me",
                OPENROUTER_BASE_URL=openrouter.base_url,
            )
            assert claude.calls
            assert openrouter.calls

    async def test_gemini(self, follow: Follow) -> None:
        async with FakeGemini(reply=judge, models=JUDGES) as gemini:
            await follow(
                guide("GEMINI_ANALYSIS"),
                ANALYSIS_JUDGE="auto",
                GEMINI_API_KEY="change-me",
                GEMINI_BASE_URL=gemini.base_url,
            )
            assert gemini.calls

    async def test_elevenlabs(self, follow: Follow) -> None:
        async with FakeElevenLabs() as elevenlabs:
            elevenlabs.routes[HEARING] = Listener()
            await follow(
                guide("ELEVENLABS_VOICE"),
                ELEVENLABS_API_KEY=VOICE_KEY,
                ELEVENLABS_BASE_URL=elevenlabs.base_url,
            )
            assert len(elevenlabs.speeches) == 2

    async def test_galileo(self, follow: Follow) -> None:
        async with FakeGalileo() as galileo:
            await follow(
                guide("GALILEO_INTEGRATION"),
                GALILEO_API_KEY=galileo.key,
                GALILEO_API_URL=galileo.url,
            )
            assert galileo.traces
