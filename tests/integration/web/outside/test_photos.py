"""Pictures: seen by those who may, without anything but the picture."""

import io
from uuid import UUID

import httpx
import pytest
from PIL import Image

from tanggap import flow
from tanggap.incident.model import CITIZEN
from tanggap.incident.photos import store as photo_rows
from tanggap.incident.photos.cleaning import clean_photo
from tanggap.incident.photos.model import Photo
from tanggap.intake.model import Channel, Contact
from tanggap.people.model import Role
from tanggap.scene import Scene
from tanggap.web.house import House

from .conftest import AT_DESK, CITY, Case, SignIn, jpeg, post


@pytest.fixture
async def citizens_photo(house: House, scene: Scene, fallen_tree: Case) -> UUID:
    async with house.db.transaction(CITY) as tx:
        clean = clean_photo(jpeg(colour="blue"))
        return (await flow.add_photo(tx, scene, clean, CITIZEN, house.now(), report=fallen_tree.report)).id


async def photos(house: House, case: Case) -> list[Photo]:
    async with house.db.reading(CITY) as conn:
        return await photo_rows.photos_of(conn, CITY, incident=case.incident.id)


async def test_the_place_of_the_camera_is_gone(signed_in: SignIn, house: House, fallen_tree: Case) -> None:
    bpbd = await signed_in("bpbd", Role.AGENCY, "bpbd")
    path = f"/instansi/{fallen_tree.assignments['bpbd']}/catatan"
    original = jpeg()
    assert b"Kamera Rahasia" in original
    await post(bpbd, path, files=[("foto", ("a.jpg", original, "image/jpeg"))])
    kept = (await photos(house, fallen_tree))[0]
    for address in (f"/foto/{kept.id}", f"/foto/{kept.id}/kecil"):
        answer = await bpbd.get(address)
        assert answer.status_code == 200
        assert b"Kamera Rahasia" not in answer.content
        assert not Image.open(io.BytesIO(answer.content)).getexif()
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"].startswith("private")
        assert "sandbox" in answer.headers["content-security-policy"]


async def test_who_may_see_a_picture(
    signed_in: SignIn, citizen: httpx.AsyncClient, fallen_tree: Case, citizens_photo: UUID
) -> None:
    address = f"/foto/{citizens_photo}"
    expected = {
        (Role.CALL_TAKER, None): 200, (Role.SUPERVISOR, None): 200, (Role.COORDINATOR, None): 200, (Role.AUDITOR, None): 403,
        (Role.ADMINISTRATOR, None): 403, (Role.AGENCY, "bpbd"): 200, (Role.FIELD, "dlhk"): 200, (Role.AGENCY, "pdam"): 404,
        (Role.FIELD, "pdam"): 404,
    }  # fmt: skip
    for number, ((role, agency), status) in enumerate(expected.items()):
        client = await signed_in(f"orang{number}", role, agency)
        for path in (address, f"{address}/kecil"):
            assert (await client.get(path)).status_code == status, (role, agency)
    assert (await citizen.get(address)).headers["location"].startswith("/masuk")


async def test_a_citizen_sees_their_own_pictures_and_the_agencys(
    signed_in: SignIn, citizen: httpx.AsyncClient, house: House, scene: Scene, fallen_tree: Case, citizens_photo: UUID
) -> None:
    bpbd = await signed_in("bpbd", Role.AGENCY, "bpbd")
    path = f"/instansi/{fallen_tree.assignments['bpbd']}/catatan"
    await post(bpbd, path, files=[("foto", ("a.jpg", jpeg(colour="red"), "image/jpeg"))])
    async with house.db.transaction(CITY) as tx:
        neighbour = await flow.receive(tx, scene, Contact(Channel.WEB, words="pohon roboh"), house.now())
        clean = clean_photo(jpeg(colour="yellow"))
        theirs = (await flow.add_photo(tx, scene, clean, CITIZEN, house.now(), report=neighbour.report)).id
        await flow.claim(tx, scene, neighbour.report, AT_DESK, house.now())
        await flow.join(tx, scene, neighbour.report, fallen_tree.incident.id, AT_DESK, house.now())
    agencys = next(photo.id for photo in await photos(house, fallen_tree) if photo.agency)
    seen = {
        fallen_tree.token: {citizens_photo: 200, agencys: 200, theirs: 404},
        neighbour.token: {citizens_photo: 404, agencys: 200, theirs: 200},
    }
    for token, expected in seen.items():
        page = (await citizen.get(f"/lacak/{token}")).text
        for photo, status in expected.items():
            for path in (f"/lacak/{token}/foto/{photo}", f"/lacak/{token}/foto/{photo}/kecil"):
                assert (await citizen.get(path)).status_code == status
            assert (str(photo) in page) == (status == 200)
