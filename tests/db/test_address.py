"""One database, spelt for each of its users, and for people without its secrets."""

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import URL, make_url

from app.db import Address, Database


@pytest.mark.parametrize("driver", ["", "+psycopg", "+asyncpg"])
def test_whatever_driver_is_named_ours_is_used(driver: str) -> None:
    address = Address.of(f"postgresql{driver}://anna:pass@db.example:5433/market")
    assert make_url(address.libpq).drivername == "postgresql"
    assert make_url(address.sqlalchemy).drivername == "postgresql+psycopg"


@settings(deadline=None)
@given(
    password=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
)
def test_both_spellings_carry_the_password_whole(password: str) -> None:
    url = URL.create("postgresql", "anna", password, "db.example", 5433, "market")
    address = Address.of(url.render_as_string(hide_password=False))
    assert conninfo_to_dict(address.libpq)["password"] == password
    assert make_url(address.sqlalchemy).password == password


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("postgresql://anna:s3cret@db.example:5433/market", "postgresql://db.example:5433"),
        ("postgresql://anna:s3cret@db.example/market", "postgresql://db.example"),
        ("postgresql://db.example/market?password=s3cret&user=anna", "postgresql://db.example"),
        ("postgresql://anna:s3cret@/market?host=/var/run/db", "postgresql://embedded"),
    ],
)
def test_people_are_shown_where_it_is_and_nothing_else(url: str, public: str) -> None:
    assert Address.of(url).public == public


async def test_both_spellings_reach_the_database(clean_address: Address) -> None:
    query = "SELECT current_database()"
    with psycopg.connect(clean_address.libpq) as connection:
        row = connection.execute(query).fetchone()
    database = Database(clean_address)
    async with database.engine.connect() as other:
        found = await other.exec_driver_sql(query)
        assert row == (found.scalar_one(),)
    await database.aclose()


def test_a_socket_in_a_folder_with_a_space() -> None:
    address = Address.of("postgresql://anna:@/market?host=%2Fmy%20data%2Fa%2Bb")
    assert conninfo_to_dict(address.libpq)["host"] == "/my data/a+b"
    assert make_url(address.sqlalchemy).query["host"] == "/my data/a+b"


def test_a_server_that_vanishes_is_noticed_soon_unless_the_address_says_otherwise() -> None:
    assert conninfo_to_dict(Address.of("postgresql://h/d").libpq)["tcp_user_timeout"] == "20000"
    patient = Address.of("postgresql://h/d?tcp_user_timeout=90000")
    assert conninfo_to_dict(patient.libpq)["tcp_user_timeout"] == "90000"
    assert make_url(patient.sqlalchemy).query["keepalives_idle"] == "10"
