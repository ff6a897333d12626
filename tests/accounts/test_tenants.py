import pytest

from app.accounts import DEFAULT_TENANT, Tenants
from app.accounts.service import TenantInvalid
from app.db import Database
from app.kit.clock import utc_now
from tests.fixtures.service import Service
from tests.functional.marketplaces import marketplace

GOOD = ("a", "7", "team-blue", "team_blue", "a" * 64)
BAD = ("-", "Team", "team blue", "team.blue", "a" * 65, "-team", "team-", "té", "a/b", "*")


@pytest.fixture
def tenants(database: Database) -> Tenants:
    return Tenants(database, utc_now)


@pytest.mark.parametrize("nothing", [None, ""])
async def test_who_gives_no_name_is_the_default_tenant(
    tenants: Tenants, nothing: str | None
) -> None:
    assert await tenants.admit(nothing) == DEFAULT_TENANT


@pytest.mark.parametrize("name", GOOD)
async def test_a_new_name_makes_a_tenant_once(tenants: Tenants, name: str) -> None:
    assert [await tenants.admit(name) for _ in range(2)] == [name, name]


async def test_two_processes_may_meet_the_same_name(database: Database) -> None:
    first, second = Tenants(database, utc_now), Tenants(database, utc_now)
    assert await first.admit("team-blue") == await second.admit("team-blue")


@pytest.mark.parametrize("name", BAD)
async def test_what_can_be_no_name(tenants: Tenants, name: str) -> None:
    with pytest.raises(TenantInvalid, match="as in team-blue"):
        await tenants.admit(name)


class TestOverHttp:
    async def test_a_session_is_its_tenants_alone(self, service: Service) -> None:
        blue = {"X-Tenant-Id": "team-blue"}
        made = await service.http.post(
            "/api/v1/simulation/initialize", json=marketplace(), headers=blue
        )
        path = f"/api/v1/simulation/{made.json()['session_id']}"

        assert (await service.http.get(path, headers=blue)).status_code == 200
        for others in ({}, {"X-Tenant-Id": "team-red"}):
            answer = await service.http.get(path, headers=others)
            assert answer.json()["error"]["code"] == "SESSION_NOT_FOUND"

    async def test_a_bad_name_is_told(self, service: Service) -> None:
        answer = await service.http.get(
            "/api/v1/simulation/00000000-0000-4000-8000-000000000000",
            headers={"X-Tenant-Id": "no no"},
        )

        assert answer.status_code == 400
        (detail,) = answer.json()["error"]["details"]
        assert detail["field"] == "X-Tenant-Id"
