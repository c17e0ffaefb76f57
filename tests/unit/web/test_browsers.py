"""What a browser says of itself, as people call it."""

import pytest

from tanggap.web.admin.view import browser_of

CHROME = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 {}Safari/537.36{}"


@pytest.mark.parametrize(
    ("sent", "called"),
    [
        (CHROME.format("Linux; Android 14; K", "Mobile ", ""), "Chrome · Android"),
        (CHROME.format("Windows NT 10.0; Win64; x64", "", " Edg/140.0"), "Edge · Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1", "Safari · iPhone"),
        ("curl/8.5", "curl/8.5"), ("", ""), ("x" * 90, "x" * 60),
    ],
)  # fmt: skip
def test_a_browser_is_called_by_its_name_and_its_system(sent: str, called: str) -> None:
    assert browser_of(sent) == called
