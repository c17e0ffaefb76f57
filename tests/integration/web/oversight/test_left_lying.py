"""The supervisor's list of what is left lying: worst first, taken, passed on, reminded, sent again."""

from datetime import timedelta

from tanggap import flow
from tanggap.evaluation.left_lying import store
from tanggap.evaluation.left_lying.model import Kind
from tanggap.incident import store as rows
from tanggap.incident.model import Actor, AssignmentState
from tanggap.intake.model import Changes, Channel, Contact
from tanggap.people.model import Role
from tanggap.platform.ids import new_id
from tanggap.web.house import House

from .conftest import AT_DESK, CITY, SignIn


async def lie(house: House) -> dict[str, str]:
    """An hour ago: a report that nobody took, an incident whose agency does not answer, and a message that reached nobody."""
    scene, then = await house.scene(), house.now() - timedelta(hours=1)
    async with house.db.transaction(CITY) as tx:
        waiting = await flow.receive(tx, scene, Contact(Channel.CALL, words="asap dari gudang"), then)
        told = await flow.receive(tx, scene, Contact(Channel.CALL, words="pohon", address_words="pasar"), then)
        await flow.claim(tx, scene, told.report, AT_DESK, then)
        await flow.describe(tx, scene, told.report, Changes({"category": "fallen_tree"}), AT_DESK, then)
        incident = await flow.hand_over(tx, scene, told.report, ["bpbd"], AT_DESK, then)
        asked = (await rows.assignments_of(tx, CITY, incident.id))[0]
        message = new_id()
        sql = """INSERT INTO delivery (city, id, notice, occasion, channel, recipient, incident, text, state, queued_at, next_at)
                 VALUES ($1, $2, $2, 'sent', 'sms', 'Kepala BPBD', $3, 'pohon tumbang', 'dead', $4, $4)"""
        await tx.execute(sql, CITY, message, incident.id, then)
    return {"report": str(waiting.report), "assignment": str(asked.id), "delivery": str(message), "incident": str(incident.id)}


async def test_each_row_has_an_owner_and_a_next_act(signed_in: SignIn, house: House) -> None:
    things = await lie(house)
    siti = await signed_in(Role.SUPERVISOR)
    page = (await siti.get("/pengawas/tertinggal")).text
    assert page.index("asap dari gudang") > 0
    assert "Instansi belum menjawab. Ingatkan, atau alihkan." in page
    assert "Kepala BPBD" in page
    assert '<span class="vital-number">3</span><span class="vital-label">tertinggal</span>' in (await siti.get("/pengawas")).text
    at = "/pengawas/tertinggal"
    assert (await siti.send(f"{at}/report/{things['report']}/ambil", jenis="")).status_code == 303
    async with house.db.reading(CITY) as conn:
        listed = await store.listed(conn, CITY, house.now())
    assert {row.kind: row.owner_name for row in listed.rows}[Kind.REPORT] is not None
    assert listed.unowned == 2
    await siti.send(f"{at}/report/{things['report']}/lepas")
    await siti.send(f"{at}/pesan/{things['delivery']}/ulang")
    await siti.send(f"{at}/penugasan/{things['assignment']}/ingatkan")
    assert "diingatkan oleh" in (await siti.get(f"/pengawas/{things['incident']}")).text
    async with house.db.reading(CITY) as conn:
        listed = await store.listed(conn, CITY, house.now())
        told = await conn.fetchval("SELECT payload FROM job WHERE city = $1 AND name = 'announce' ORDER BY id DESC LIMIT 1", CITY)
        acts = {row["act"] for row in await conn.fetch("SELECT act FROM audit WHERE city = $1", CITY)}
    assert listed.by_kind == {Kind.REPORT: 1, Kind.ASSIGNMENT: 1}
    assert "delivery_resent" in acts
    again = await siti.send(f"{at}/pesan/{things['delivery']}/ulang")
    assert (again.status_code, "baru saja ditangani" in again.text) == (404, True)
    assert (told["occasion"], told["agency"], told["step"]) == ("unanswered", "bpbd", "duty")


async def test_what_is_not_there_cannot_be_taken_or_given_to_nobody(signed_in: SignIn, house: House) -> None:
    things = await lie(house)
    siti = await signed_in(Role.SUPERVISOR)
    at = "/pengawas/tertinggal"
    gone = await siti.send(f"{at}/call/{new_id()}/ambil")
    assert (gone.status_code, "baru saja ditangani" in gone.text) == (404, True)
    nobody = await siti.send(f"{at}/report/{things['report']}/serahkan", kepada="siapa saja")
    assert "Pilih kepada siapa" in nobody.text
    assert (await siti.send(f"{at}/penugasan/{things['report']}/ingatkan")).status_code == 404
    assert (await siti.send(f"{at}/snow/{things['report']}/ambil")).status_code == 404


async def test_the_countdown_stands_where_people_look(signed_in: SignIn, house: House) -> None:
    scene, now = await house.scene(), house.now()
    async with house.db.transaction(CITY) as tx:
        told = await flow.receive(tx, scene, Contact(Channel.CALL, words="pohon", address_words="pasar"), now)
        await flow.claim(tx, scene, told.report, AT_DESK, now)
        await flow.describe(tx, scene, told.report, Changes({"category": "fallen_tree"}), AT_DESK, now)
        incident = await flow.hand_over(tx, scene, told.report, ["bpbd"], AT_DESK, now)
    siti = await signed_in(Role.SUPERVISOR)
    for path in ("/pengawas", f"/pengawas/{incident.id}"):
        assert "eskalasi ke kontak kedua instansi dalam" in (await siti.get(path)).text
    async with house.db.transaction(CITY) as tx:
        asked = (await rows.assignments_of(tx, CITY, incident.id))[0]
        await flow.acknowledge(tx, scene, asked.id, Actor("jaga", new_id(), "bpbd"), now)
        await flow.progress(tx, scene, asked.id, AssignmentState.DONE, "", Actor("jaga", new_id(), "bpbd"), now)
    assert "eskalasi ke" not in (await siti.get(f"/pengawas/{incident.id}")).text
