"""Settings: where they come from, what is refused, and that what is advised works."""

import os
from pathlib import Path

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from app.kit.environment import Variable
from app.llm.messages import Task
from app.llm.providers.registry import PROVIDERS as REGISTRY
from app.settings import PROVIDERS, SettingsInvalid, TaskChains, all_variables, load_settings

ROOT = Path(__file__).parent.parent
VARIABLES = {variable.name: variable for variable in all_variables()}
WRONG = {
    "HOST": "not a host",
    "PORT": "65536",
    "CORS_ORIGINS": "http://localhost:3000/page",
    "BODY_LIMIT_BYTES": "12",
    "MODEL_BODY_LIMIT_BYTES": "12",
    "AUTH_REQUIRED": "true",
    "DATA_DIR": __file__,
    "DATABASE_URL": "mysql://parley:hunter2@db/parley",
    "DATABASE_POOL_SIZE": "0",
    "LOG_LEVEL": "loud",
    "LOG_FORMAT": "xml",
    "MIN_ROUNDS": "0",
    "MAX_ROUNDS": "ten",
    "NEGOTIATION_TIMEOUT_MINUTES": "nan",
    "LOG_RETENTION_DAYS": "-1",
    "SSE_HEARTBEAT_INTERVAL": "0",
    "RUN_WORKER": "perhaps",
    "WORKER_CONCURRENCY": "many",
    "WORKER_HEARTBEAT_INTERVAL": "-2",
    "WORKER_STALLED_AFTER": "inf",
    "CHAT_RECENT_EXCHANGES": "0",
    "CHAT_RECENT_TOKENS": "some",
    "CHAT_WINDOW": "1",
    "CHAT_EVENTS_HOURS": "0",
    "CHAT_EMBEDDINGS": "remote",
    "LLM_PROVIDER": "openroute",
    "LLM_CHAIN": "gpt-5-mini",
    "LLM_BREAKER_FAILURES": "0",
    "LLM_BREAKER_COOLDOWN": "-1",
    "LLM_HEALTH_INTERVAL": "0",
    "LLM_HEDGING": "perhaps",
    "LLM_CACHE_TTL": "0",
    "LLM_CACHE_MB": "0",
    "LLM_OFFLINE_FAULTS": "many",
    "ANALYSIS_JUDGE": "gemini",
    "VOICE_MODEL": "eleven v3",
    "VOICE_TRANSCRIPTION_MODEL": "a/b",
    "VOICE_TEXT_LIMIT": "0",
    "VOICE_UPLOAD_LIMIT_BYTES": "10",
    "VOICE_USD_PER_1000_CHARACTERS": "-1",
    "VOICE_USD_PER_HOUR": "nan",
    "VOICE_CACHE_MB": "-1",
    "VOICE_STORAGE": "https://bucket",
    "VOICE_S3_ENDPOINT": "localhost:9000",
    "VOICE_S3_REGION": "eu west",
    "VOICE_S3_ACCESS_KEY_ID": "hunter2 id",
    "VOICE_S3_SECRET_ACCESS_KEY": "hunter2 key",
    "GALILEO_API_URL": "galileo",
    "GALILEO_PROJECT": "p" * 201,
    "GALILEO_LOG_STREAM": "s" * 201,
    "GALILEO_SAMPLE_RATE": "2",
    "GALILEO_SCORERS": "context adherence",
    "GALILEO_REDACT_LIMITS": "some",
    "SENTRY_DSN": "https://hunter2/1",
    "SENTRY_ENVIRONMENT": "e" * 201,
    "SENTRY_TRACES_SAMPLE_RATE": "-0.1",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "localhost:4318",
    "OTEL_EXPORTER_OTLP_HEADERS": "hunter2",
    "OTEL_SERVICE_NAME": "n" * 201,
    "OTEL_TRACES_SAMPLER_ARG": "all",
    **{name: "1e9" for name in VARIABLES if name.endswith("_TIMEOUT")},
    **{name: "nobody:model" for name in VARIABLES if name.startswith("LLM_CHAIN_")},
    **{name: "sk hunter2" for name in VARIABLES if name.endswith("_API_KEY")},
    **{name: "ftp://user:hunter2@host" for name in VARIABLES if name.endswith("_BASE_URL")},
}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.upper() in VARIABLES or name.upper().startswith(("LLM_CHAIN_", "CUSTOM_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def refused(monkeypatch: pytest.MonkeyPatch, **values: str) -> SettingsInvalid:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsInvalid) as caught:
        load_settings()
    return caught.value


class TestWhereTheyComeFrom:
    def test_nothing_set(self) -> None:
        settings = load_settings()

        assert (settings.server.host, settings.server.port) == ("127.0.0.1", 8000)
        assert settings.server.cors_origins == ("http://localhost:3000", "http://localhost:3001")
        assert settings.data_dir == Path.cwd() / "data"
        assert settings.database_url is None
        assert (settings.market.min_rounds, settings.market.max_rounds) == (2, 10)
        assert (settings.market.timeout_minutes, settings.market.log_retention_days) == (30, 7)
        assert settings.stream.heartbeat_interval == 15
        routing = settings.llm.routing
        assert (routing.provider, routing.chain, routing.hedging) == (None, (), False)
        assert (routing.breaker_failures, routing.breaker_cooldown) == (5, 30)
        assert (routing.cache_ttl, routing.health_interval) == (3600, 60)
        assert (settings.llm.chains, settings.llm.custom) == ({}, {})
        assert dict(settings.llm.timeouts) == {
            "connect": 5,
            "first_token": 30,
            "idle": 30,
            "total": 120,
        }

    def test_the_environment_wins_over_the_file(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Path(".env").write_text("PORT=9000\nMAX_ROUNDS=5\n")
        monkeypatch.setenv("PORT", "9001")

        settings = load_settings()

        assert (settings.server.port, settings.market.max_rounds) == (9001, 5)

    def test_empty_is_unset(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Path(".env").write_text("MAX_ROUNDS=5\n")
        monkeypatch.setenv("PORT", "")
        monkeypatch.setenv("MAX_ROUNDS", "")
        monkeypatch.setenv("LLM_CHAIN_BYER_TURN", "")

        settings = load_settings()

        assert (settings.server.port, settings.market.max_rounds) == (8000, 5)

    def test_a_file_that_is_no_text(self) -> None:
        Path(".env").write_bytes(b"HOST=\xff")

        with pytest.raises(SettingsInvalid, match=r"\.env can't be read"):
            load_settings()


class TestValues:
    @pytest.mark.parametrize(
        "scheme", ["postgres", "postgresql", "postgresql+psycopg", "postgresql+asyncpg"]
    )
    def test_a_database_is_reached_by_one_driver(
        self, monkeypatch: pytest.MonkeyPatch, scheme: str
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", f"{scheme}://me:p%40ss@db:5433/parley?sslmode=require")

        settings = load_settings()

        assert settings.database_url is not None
        assert settings.database_url.get_secret_value() == (
            "postgresql+psycopg://me:p%40ss@db:5433/parley?sslmode=require"
        )
        assert "p%40ss" not in repr(settings)

    def test_a_chain_is_split_at_the_first_colon(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LLM_CHAIN", "ollama:llama3.2:3b, openrouter:openai/gpt-5-mini,")
        monkeypatch.setenv("LLM_CHAIN_BUYER_TURN", "openai:gpt-5")

        llm = load_settings().llm

        assert llm.routing.chain == ("ollama:llama3.2:3b", "openrouter:openai/gpt-5-mini")
        assert llm.chains == {"buyer_turn": ("openai:gpt-5",)}

    def test_a_provider_has_a_key_and_an_address(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OPENROUTER_API_KEY", "sk-hunter2")
        monkeypatch.setenv("LM_STUDIO_BASE_URL", "http://gpu.local:1234/v1/")

        connections = load_settings().llm.connections

        key = connections["openrouter"].api_key
        assert key is not None
        assert key.get_secret_value() == "sk-hunter2"
        assert connections["lm_studio"].base_url == "http://gpu.local:1234/v1"
        assert "hunter2" not in repr(connections)

    def test_a_server_of_ones_own_has_a_name_of_ones_own(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CUSTOM_ACME_LAB_BASE_URL", "http://lab:9000/v1")
        monkeypatch.setenv("CUSTOM_ACME_LAB_API_KEY", "sk-hunter2")
        monkeypatch.setenv("LLM_PROVIDER", "acme_lab")
        monkeypatch.setenv("LLM_CHAIN_CHAT", "acme_lab:small")

        llm = load_settings().llm

        (custom,) = llm.custom.items()
        assert custom[0] == "acme_lab"
        assert custom[1].base_url == "http://lab:9000/v1"
        assert "hunter2" not in repr(llm)


class TestRefusals:
    def test_one_message_names_every_wrong_variable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert set(WRONG) == set(VARIABLES)

        error = refused(monkeypatch, **WRONG)

        assert {fault.variable for fault in error.faults} == set(VARIABLES)
        assert str(error).startswith(f"{len(VARIABLES)} settings are wrong:")

    def test_no_secret_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert "hunter2" not in str(refused(monkeypatch, **WRONG))

    def test_a_wrong_password_character_is_not_quoted(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        error = refused(monkeypatch, DATABASE_URL="postgresql://me:hunter2/x@db/parley")

        assert "hunter2" not in str(error)

    @pytest.mark.parametrize("name", sorted(WRONG))
    def test_the_advice_works(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        (fault,) = refused(monkeypatch, **{name: WRONG[name]}).faults
        assert fault.example

        monkeypatch.setenv(name, fault.example)
        load_settings()

    @pytest.mark.parametrize(
        ("values", "name"),
        [
            ({"MIN_ROUNDS": "12"}, "MIN_ROUNDS"),
            ({"MAX_ROUNDS": "1"}, "MIN_ROUNDS"),
            ({"WORKER_HEARTBEAT_INTERVAL": "4"}, "WORKER_STALLED_AFTER"),
        ],
    )
    def test_a_contradiction_names_the_one_to_change(
        self, monkeypatch: pytest.MonkeyPatch, values: dict[str, str], name: str
    ) -> None:
        (fault,) = refused(monkeypatch, **values).faults
        assert fault.variable == name

        monkeypatch.setenv(name, fault.example)
        load_settings()

    def test_a_chain_for_no_task(self, monkeypatch: pytest.MonkeyPatch) -> None:
        error = refused(monkeypatch, LLM_CHAIN_BYER_TURN="openai:gpt-5")

        told = str(error)
        assert "LLM_CHAIN_BYER_TURN='openai:gpt-5' is for no task; the tasks are BUYER" in told
        assert told.endswith(f"; try LLM_CHAIN_BUYER_TURN={error.faults[0].example}")

    @pytest.mark.parametrize("name", ["LLM_CHAIN_BYER_TURN", "LLM_CHAIN_BOGUS", "LLM_CHAIN_"])
    def test_the_advice_for_a_chain_of_no_task_works(
        self, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        (fault,) = refused(monkeypatch, **{name: "a:b"}).faults

        monkeypatch.delenv(name)
        monkeypatch.setenv(fault.instead, fault.example)
        load_settings()

    def test_a_fault_is_told_and_counted_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        error = refused(monkeypatch, LLM_CHAIN="foo", LLM_PROVIDER="nope")

        assert sorted(fault.variable for fault in error.faults) == ["LLM_CHAIN", "LLM_PROVIDER"]
        assert str(error).startswith("2 settings are wrong:")

    def test_two_faults_of_one_variable_are_two_lines(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        error = refused(monkeypatch, LLM_CHAIN="foo,nope:model")

        assert [fault.value for fault in error.faults] == ["'foo'", "'nope:model'"]
        assert str(error).startswith("1 setting is wrong:")

    def test_a_value_is_told_as_it_was_written(self, monkeypatch: pytest.MonkeyPatch) -> None:
        (fault,) = refused(monkeypatch, LOG_LEVEL="Loud").faults

        assert fault.value == "'Loud'"

    def test_a_server_of_ones_own_without_an_address(self, monkeypatch: pytest.MonkeyPatch) -> None:
        (fault,) = refused(monkeypatch, CUSTOM_ACME_API_KEY="sk-hunter2").faults

        assert fault.variable == "CUSTOM_ACME_BASE_URL"
        monkeypatch.setenv(fault.variable, fault.example)
        load_settings()

    def test_a_server_of_ones_own_under_anothers_name(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (fault,) = refused(monkeypatch, CUSTOM_OPENAI_BASE_URL="http://me:hunter2@gpu/v1").faults

        assert str(fault) == (
            "CUSTOM_OPENAI_BASE_URL='http://***@gpu/v1' takes the name of openai; choose another;"
            " try CUSTOM_MY_OPENAI_BASE_URL=http://localhost:9000/v1"
        )
        monkeypatch.delenv(fault.variable)
        monkeypatch.setenv(fault.instead, fault.example)
        load_settings()

    @pytest.mark.parametrize(
        "url",
        [
            "sqlite:///parley.db",
            "postgresql://",
            "postgresql:/db/parley",
            "postgresql://db:99999/parley",
            "postgresql://db:port/parley",
            "postgresql://db/my base",
            "db/parley",
        ],
    )
    def test_what_is_no_postgresql(self, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
        (fault,) = refused(monkeypatch, DATABASE_URL=url).faults

        assert (fault.variable, fault.value) == ("DATABASE_URL", "***")

    @given(text=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
    def test_whatever_was_set_is_told_in_a_line_each(self, text: str) -> None:
        with pytest.MonkeyPatch.context() as patch:
            for name in ("DATABASE_URL", "OPENAI_BASE_URL", "CORS_ORIGINS", "LLM_CHAIN", "HOST"):
                patch.setenv(name, text)
            patch.setenv("PORT", f"no {text}")
            with pytest.raises(SettingsInvalid) as caught:
                load_settings()

        lines = str(caught.value).splitlines()
        assert len(lines) == 1 + len(caught.value.faults)
        assert all(line.isascii() and line.isprintable() for line in lines)


class TestAgreement:
    def test_the_example_lists_exactly_what_is_read(self) -> None:
        assert set(dotenv_values(ROOT / ".env.example")) == set(VARIABLES)

    def test_the_example_holds_the_defaults(self) -> None:
        assert load_settings(ROOT / ".env.example") == load_settings(None)

    @pytest.mark.parametrize("variable", VARIABLES.values(), ids=VARIABLES)
    def test_each_has_a_line_of_meaning(self, variable: Variable) -> None:
        before, found, _ = (ROOT / ".env.example").read_text().partition(f"\n{variable.name}=")

        assert found
        assert variable.meaning
        assert any(line.startswith("# ") for line in before.splitlines()[-2:])

    def test_providers_are_those_of_the_registry(self) -> None:
        assert tuple(REGISTRY) == PROVIDERS

    def test_tasks_are_those_of_the_model_core(self) -> None:
        assert set(TaskChains.model_fields) == {task.value for task in Task.of_models()}
