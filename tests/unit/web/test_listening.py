"""What a supervisor's browser is told before it hears a call."""

from tanggap.web.supervisor.listening import choosing

OFFER = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\nm=audio 4 UDP/TLS/RTP/SAVPF 8\r\na=setup:actpass\r\n"
    "m=audio 6 UDP/TLS/RTP/SAVPF 8\r\n"
)


def test_the_browser_chooses_the_way_of_both_voices() -> None:
    assert choosing(OFFER) == OFFER.replace("t=0 0\r\n", "t=0 0\r\na=ice-lite\r\n")


def test_what_says_so_already_is_left_alone() -> None:
    assert choosing(choosing(OFFER)) == choosing(OFFER)
