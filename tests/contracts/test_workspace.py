"""What the files around the code name is there: paths, commands, settings, rules.

Nothing here needs Docker, Daytona or GitHub; what they alone could tell isn't tested.
"""

import json
import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from app.settings import all_variables
from tests.contracts.workspace import (
    COMMANDS,
    ROOT,
    files,
    instructions,
    load,
    pattern,
    rules_for,
    stages,
    targets,
)

SETTINGS = {variable.name for variable in all_variables()}
SECRET = {variable.name for variable in all_variables() if variable.secret}
PINNED = re.compile(r"[\w./-]+:[\w.-]*\d[\w.-]*(@sha256:[0-9a-f]{64})?")
BUILD, FINAL = stages(ROOT / "Dockerfile")
COMPOSE = load("docker-compose.yml")
WORKFLOW = load(".github/workflows/ci.yml")
REVIEWS = load(".coderabbit.yaml")["reviews"]
PROFILES = ["buyer-agent", "seller-agent", "orchestrator"]


def is_of_the_service(command: list[str]) -> bool:
    return command[:3] == ["python", "-m", "app"] and command[3] in COMMANDS


class TestImage:
    def one(self, name: str) -> Any:
        (found,) = (each for each in FINAL if each.name == name)
        return found

    def test_what_is_copied_is_there_and_let_through(self) -> None:
        ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        assert "*" in ignored
        copied = [each.text.split()[:-1] for each in BUILD if each.name == "COPY"]
        for source in (part.removeprefix("./") for sources in copied for part in sources):
            assert (ROOT / source).exists()
            assert f"!{source}" in ignored

    def test_nothing_is_let_through_that_is_not_copied(self) -> None:
        copied = {part for each in BUILD if each.name == "COPY" for part in each.text.split()}
        let = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        assert {line[1:] for line in let if line.startswith("!")} <= copied

    @pytest.mark.parametrize("stage", [BUILD, FINAL], ids=["build", "final"])
    def test_the_base_is_pinned(self, stage: list[Any]) -> None:
        version = re.search(
            r"^ARG PYTHON_VERSION=(.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE
        )
        assert version
        base = stage[0].text.split()[0].replace("${PYTHON_VERSION}", version[1])
        assert PINNED.fullmatch(base)
        assert "slim" in base

    def test_dependencies_are_locked_by_hash(self) -> None:
        (install,) = (each.text for each in BUILD if "install" in each.text)
        assert {"--require-hashes", "--no-deps", "requirements.lock"} <= set(install.split())

    def test_nothing_is_installed_in_the_last_stage(self) -> None:
        assert not [each for each in FINAL if re.search(r"apt|pip|curl|gcc", each.text)]

    def test_it_runs_as_a_user_of_a_fixed_id(self) -> None:
        user, group = self.one("USER").text.split(":")
        assert int(user) > 999
        made = next(each.text for each in FINAL if "useradd" in each.text)
        assert f"--uid {user}" in made
        assert f"--gid {group}" in made

    def test_it_serves_and_hears_signals(self) -> None:
        assert self.one("CMD").command == ["python", "-m", "app", "serve"]
        assert self.one("STOPSIGNAL").text == "SIGTERM"

    def test_its_health_is_asked_of_livez_by_python(self) -> None:
        program, option, source = self.one("HEALTHCHECK").command
        assert (program, option) == ("python", "-c")
        compile(source, "HEALTHCHECK", "exec")
        assert "/livez" in source

    def test_its_data_lies_in_a_volume(self) -> None:
        assert self.one("VOLUME").text in self.one("ENV").text
        assert "DATA_DIR=/data" in self.one("ENV").text

    def test_what_it_sets_are_settings(self) -> None:
        set_to = dict(re.findall(r"(\w+)=(\S+)", self.one("ENV").text))
        of_python = {name for name in set_to if name == "PATH" or name.startswith("PYTHON")}
        assert set(set_to) - of_python <= SETTINGS
        assert set_to["HOST"] == "0.0.0.0"


class TestCompose:
    services: dict[str, dict[str, Any]] = COMPOSE["services"]

    def test_the_parts(self) -> None:
        optional = {p for each in self.services.values() for p in each.get("profiles", ())}
        assert optional == {"voice-s3", "tracing", "models"}
        always = {name for name, each in self.services.items() if "profiles" not in each}
        assert always == {"service", "worker", "db"}

    @pytest.mark.parametrize("name", services)
    def test_images_are_pinned(self, name: str) -> None:
        service = self.services[name]
        assert "build" in service or PINNED.fullmatch(service["image"])

    def test_the_database_has_vectors(self) -> None:
        assert self.services["db"]["image"].startswith("pgvector/pgvector:")

    @pytest.mark.parametrize("name", ["service", "worker"])
    def test_it_waits_for_a_healthy_database(self, name: str) -> None:
        awaited = self.services[name]["depends_on"]
        assert awaited == {"db": {"condition": "service_healthy"}}
        assert self.services["db"]["healthcheck"]["test"]

    def test_the_worker_is_a_command_of_the_service(self) -> None:
        assert is_of_the_service(self.services["worker"]["command"])

    @pytest.mark.parametrize("name", ["service", "worker"])
    def test_what_is_set_are_settings(self, name: str) -> None:
        assert set(self.services[name]["environment"]) <= SETTINGS

    def test_what_comments_advise_are_settings(self) -> None:
        text = (ROOT / "docker-compose.yml").read_text("utf-8")
        advised = re.findall(r"([A-Z][A-Z0-9_]+)=\S+", text)
        assert advised
        assert set(advised) <= SETTINGS

    def test_there_is_no_secret_in_it(self) -> None:
        for service in self.services.values():
            for name, value in service.get("environment", {}).items():
                if re.search(r"PASSWORD|SECRET|KEY|_URL$|ROOT_USER", name):
                    assert re.search(r"\$\{\w+:?[?-]", value), name

    def test_every_volume_is_declared(self) -> None:
        used = {v.partition(":")[0] for s in self.services.values() for v in s.get("volumes", ())}
        assert used == set(COMPOSE["volumes"])


class TestDevcontainer:
    folder = ROOT / ".devcontainer"

    def definition(self, profile: str = "") -> dict[str, Any]:
        text = (self.folder / profile / "devcontainer.json").read_text("utf-8")
        loaded: dict[str, Any] = json.loads(text)
        return loaded

    @pytest.mark.parametrize("profile", PROFILES)
    def test_a_profile_shares_the_one_definition(self, profile: str) -> None:
        own = {"name", "containerEnv", "remoteEnv", "forwardPorts", "portsAttributes", "build"}
        shared = {key: value for key, value in self.definition().items() if key not in own}
        theirs = self.definition(profile)
        assert {key: value for key, value in theirs.items() if key not in own} == shared
        assert (self.folder / profile / theirs["build"]["dockerfile"]).samefile(
            self.folder / "Dockerfile"
        )

    @pytest.mark.parametrize("profile", ["", *PROFILES])
    def test_secrets_come_from_the_environment(self, profile: str) -> None:
        definition = self.definition(profile)
        for name, value in definition["remoteEnv"].items():
            assert name in SETTINGS
            assert value == f"${{localEnv:{name}}}"
        assert set(definition["containerEnv"]) <= SETTINGS - SECRET

    @pytest.mark.parametrize("profile", ["", *PROFILES])
    def test_the_port_is_forwarded(self, profile: str) -> None:
        definition = self.definition(profile)
        port = int(definition["containerEnv"]["PORT"])
        assert definition["forwardPorts"] == [port]
        assert [*definition["portsAttributes"]] == [str(port)]

    def test_the_profiles_can_run_side_by_side(self) -> None:
        ports = [self.definition(profile)["forwardPorts"][0] for profile in PROFILES]
        assert len({*ports}) == len(ports)

    def test_it_is_set_up_by_what_is_there(self) -> None:
        shell, script = self.definition()["postCreateCommand"].split()
        assert shell == "bash"
        assert os.access(ROOT / script, os.X_OK)
        text = (ROOT / script).read_text("utf-8")
        asked = re.findall(r"^make (\S+)$|'make (\S+)'", text, re.MULTILINE)
        assert {each for pair in asked for each in pair if each} <= targets()
        assert is_of_the_service(
            ["python", *re.findall(r"bin/python (.+)$", text, re.MULTILINE)[0].split()]
        )

    def test_it_has_what_the_suite_asks_for(self) -> None:
        wanted = re.findall(r"missing\+=\(([\w -]+)\)", (ROOT / ".ci" / "run").read_text("utf-8"))
        needed = {word for words in wanted for word in words.split()} - {"python3-venv"}
        given = " ".join(each.text for each in instructions(self.folder / "Dockerfile"))
        assert needed
        assert all(re.search(rf"\b{re.escape(name)}\b", given) for name in needed)
        assert "/usr/local/bin/node" in given

    def test_its_bases_are_pinned(self) -> None:
        for stage in stages(self.folder / "Dockerfile"):
            assert PINNED.fullmatch(stage[0].text.split()[0])


class TestWorkflow:
    job: dict[str, Any] = WORKFLOW["jobs"]["suite"]
    steps: list[dict[str, Any]] = job["steps"]

    def test_it_runs_what_a_laptop_runs(self) -> None:
        assert [step["run"] for step in self.steps if "run" in step] == [".ci/run"]
        assert os.access(ROOT / ".ci" / "run", os.X_OK)

    def test_it_may_only_read(self) -> None:
        assert WORKFLOW["permissions"] == {"contents": "read"}
        checkout = next(s for s in self.steps if s.get("uses", "").startswith("actions/checkout@"))
        assert checkout["with"] == {"persist-credentials": False}
        assert "secrets." not in (ROOT / ".github/workflows/ci.yml").read_text("utf-8")

    def test_actions_and_images_are_pinned(self) -> None:
        used = [step["uses"] for step in self.steps if "uses" in step]
        assert all(re.fullmatch(r"actions/[\w-]+@v\d+(\.\d+)*", each) for each in used)
        assert PINNED.fullmatch(self.job["container"])
        assert not self.job["runs-on"].endswith("latest")

    def test_it_ends(self) -> None:
        assert self.job["timeout-minutes"] <= 30
        assert WORKFLOW["concurrency"]["group"]

    def test_the_cache_goes_by_files_that_are_there(self) -> None:
        cached = next(s for s in self.steps if s.get("uses", "").startswith("actions/cache@"))
        named = re.findall(r"'([^']+)'", cached["with"]["key"])
        assert named
        assert all((ROOT / name).is_file() for name in named)


class TestReviews:
    slices = sorted(
        path.name for path in (ROOT / "app").iterdir() if (path / "__init__.py").exists()
    )

    @pytest.mark.parametrize("name", slices)
    def test_a_slice_has_rules_of_its_own(self, name: str) -> None:
        assert any(name in rule["path"].split("/") for rule in REVIEWS["path_instructions"])

    @pytest.mark.parametrize("rule", REVIEWS["path_instructions"], ids=lambda rule: rule["path"])
    def test_a_rule_is_for_files_that_are_there(self, rule: dict[str, str]) -> None:
        assert any(map(pattern(rule["path"]).fullmatch, files()))
        assert len(rule["instructions"]) < 20_000  # what CodeRabbit takes

    @pytest.mark.parametrize("glob", REVIEWS["path_filters"])
    def test_what_is_left_out_is_there(self, glob: str) -> None:
        assert glob.startswith("!")
        assert any(map(pattern(glob[1:]).fullmatch, files()))

    def test_code_is_reviewed_by_the_rows_that_are_checked(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
        layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
        there = {path.stem for path in (ROOT / "app").iterdir()}
        checked = [row for layer in layers if (row := set(re.findall(r"\w+", layer)) & there)]
        told = rules_for("app/main.py")[0].partition("never import each other:")[2]
        rows = [set(re.findall(r"\w+", row)) for row in told.partition(".")[0].split("/")]
        assert rows == [row for row in checked if row != {"__main__"}]

    def test_the_gates(self) -> None:
        checks = REVIEWS["pre_merge_checks"]
        own = checks["custom_checks"]
        assert {check["mode"] for check in own} <= {"error", "warning"}
        assert all(len(check["name"]) <= 50 for check in own)
        assert len(load(".coderabbit.yaml")["tone_instructions"]) <= 250

    def test_paths_in_the_rules_are_there(self) -> None:
        text = (ROOT / ".coderabbit.yaml").read_text("utf-8")
        named = set(re.findall(r"(?<![\w/*])(?:app|docs|tests|\.ci)/[\w./-]+\w", text))
        assert not [name for name in named if not (ROOT / name).exists()]


class TestGlobs:
    @pytest.mark.parametrize(
        ("glob", "path", "matches"),
        [
            ("app/**", "app/llm/client.py", True),
            ("app/**/*.py", "app/main.py", True),
            ("app/*.py", "app/llm/client.py", False),
            ("{a,b/**}", "b/c", True),
            ("**/x.json", "x.json", True),
        ],
    )
    def test_a_glob(self, glob: str, path: str, *, matches: bool) -> None:
        assert bool(pattern(glob).fullmatch(path)) is matches


def test_files_are_found() -> None:
    assert "app/main.py" in files()
    assert not [name for name in files() if Path(name).parts[0] == ".git"]
