"""Kamailio takes every configuration that the settings can ask for."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tanggap.platform.clock import utcnow
from tanggap.platform.settings import load_settings
from tanggap.telephony.edge import render as edge
from tanggap.telephony.settings import TelephonySettings, Trunk

TRUNKS = (
    Trunk("telkom", "127.0.0.9", refer=True, sources=("198.51.100.0/28", "2001:db8::/64")),
    Trunk("indosat", "127.0.0.8", 5080, "tcp", outgoing=False),
    Trunk("cadangan", "127.0.0.7", 5061, "tls"),
)


def certificate(folder: Path) -> dict[str, str]:
    """A certificate of one day for nobody."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "112.test")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(utcnow()).not_valid_after(utcnow() + timedelta(days=1)).sign(key, hashes.SHA256())
    )  # fmt: skip
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    (folder / "sip.key").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    (folder / "sip.crt").write_bytes(made.public_bytes(pem))
    return {"tls_certificate": str(folder / "sip.crt"), "tls_key": str(folder / "sip.key")}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"trunks": TRUNKS, "emergency_fallback": "+62401112112"},
        {"trunks": TRUNKS, "advertised": "203.0.113.10", "tls_port": 15061},
        {"numbers": ("112", "+62112", "110"), "realm": "112.kendarikota.go.id"},
    ],
)
def test_the_configuration_is_taken(tmp_path: Path, changes: dict[str, object]) -> None:
    settings = load_settings({"TANGGAP_HOME": str(tmp_path / "home")})
    if changes.get("tls_port"):
        changes = {**changes, **certificate(tmp_path)}
    rendered = edge.render(settings, msgspec.structs.replace(TelephonySettings(), **changes))
    assert edge.check(rendered) == ""
    assert (rendered.folder / "kamailio.cfg").stat().st_mode & 0o077 == 0
