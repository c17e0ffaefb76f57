"""Where a page may send one, and whence a request comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.connection import ASGIConnection

from tanggap.web.forms import client_address, local_path


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.id", "/\\evil.id", "https://evil.id", "javascript:alert(1)", "evil", "", None, "/a\r\nx: y", "/" + "a" * 600],
)
def test_no_address_leads_elsewhere(elsewhere: str | None) -> None:
    assert local_path(elsewhere, "/konsol") == "/konsol"


@given(st.text())
def test_a_next_path_is_always_of_this_site(said: str) -> None:
    path = local_path(said)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))


def connection(peer: str | None, *forwarded: str) -> ASGIConnection:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    return ASGIConnection({"type": "http", "client": (peer, 1) if peer else None, "headers": headers, "state": {}})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", (), "203.0.113.9"),
        ("203.0.113.9", ("10.0.0.1",), "203.0.113.9"),
        ("127.0.0.1", ("6.6.6.6, 203.0.113.9",), "203.0.113.9"),
        ("127.0.0.1", ("6.6.6.6", "203.0.113.9"), "203.0.113.9"),
        ("127.0.0.1", (), "127.0.0.1"),
        (None, (), "local"),
        ("2001:db8:1:2:3:4:5:6", (), "2001:db8:1:2::/64"),
    ],
)
def test_only_our_own_proxy_is_believed(peer: str | None, forwarded: tuple[str, ...], address: str) -> None:
    assert client_address(connection(peer, *forwarded)) == address
