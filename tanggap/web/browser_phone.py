"""What a page gives a browser's telephone so that it can sign in at the edge: a desk's for hours, anybody else's for one call."""

from datetime import datetime

import msgspec

from tanggap.telephony.credentials import SipCredentials
from tanggap.web.house import House


class SignIn(msgspec.Struct, frozen=True, kw_only=True):
    """Short-lived credentials, and where they count."""

    address: str
    server: str
    username: str
    password: str
    realm: str
    expires_at: datetime


class OneCall(SignIn, frozen=True, kw_only=True):
    """As `SignIn`, with whom it may call, and nobody else."""

    target: str


def signs_in(house: House, made: SipCredentials) -> SignIn:
    """How a browser signs in with these credentials at this installation's edge."""
    return SignIn(
        address=made.address,
        server=house.telephone,
        username=made.username,
        password=made.password,
        realm=made.realm,
        expires_at=made.expires_at,
    )


def calls_once(house: House, made: SipCredentials, user: str) -> OneCall:
    """The same, to call this user of the edge."""
    return OneCall(**msgspec.structs.asdict(signs_in(house, made)), target=f"sip:{user}@{made.realm}")
