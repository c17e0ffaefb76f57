"""What Prometheus fetches, and what the logs say."""

import logging

import msgspec

from tanggap.platform.logs import FIELDS, JsonLines
from tanggap.platform.telemetry import exposition, observe_request


def test_a_request_is_counted_by_its_route() -> None:
    # A route of this test alone: what a process counts outlives the test that made it count.
    observe_request("GET", "/hanya-uji/{token}", 200, 0.012)
    figures = exposition().decode()
    assert 'tanggap_requests_total{method="GET",route="/hanya-uji/{token}",status="200"} 1.0' in figures
    assert 'tanggap_request_seconds_bucket{le="0.02",method="GET",route="/hanya-uji/{token}"} 1.0' in figures


def test_a_log_line_is_one_json_object() -> None:
    record = logging.LogRecord("tanggap.test", logging.INFO, __file__, 1, "taken", None, None)
    setattr(record, FIELDS, {"report": "0190163d", "ms": 12.5})
    line = JsonLines().format(record)
    assert "\n" not in line
    entry = msgspec.json.decode(line)
    assert (entry["event"], entry["report"], entry["ms"], entry["level"]) == ("taken", "0190163d", 12.5, "info")
