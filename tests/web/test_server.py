"""Taking an address, and starting and stopping on it."""

import socket

import pytest

from app.web import AddressInUse, address_of, listen


class TestListen:
    def test_a_free_port_is_found(self) -> None:
        with listen("127.0.0.1", 0) as listener:
            assert address_of(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"

    def test_a_taken_one_is_told_with_a_way_out(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]

            with pytest.raises(AddressInUse, match=rf"127\.0\.0\.1:{port}.*PORT=8001"):
                listen("127.0.0.1", port)

    def test_a_host_that_is_not_here(self) -> None:
        with pytest.raises(AddressInUse, match=r"can't listen on host\.invalid:0"):
            listen("host.invalid", 0)

    def test_every_interface_is_reached_on_loopback(self) -> None:
        with listen("0.0.0.0", 0) as listener:
            assert address_of(listener).startswith("http://127.0.0.1:")

    def test_a_name_is_resolved(self) -> None:
        with listen("localhost", 0) as listener:
            assert address_of(listener).startswith("http://")
