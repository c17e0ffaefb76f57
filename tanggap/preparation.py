"""Before the first request: the city pack is loaded, and a demonstration gets its accounts and its examples."""

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from tanggap.city.model import Catalogue
from tanggap.city.pack import Pack, pack_folder, read_pack
from tanggap.city.pack_reading import PackError
from tanggap.city.service import load_pack
from tanggap.city.store import version
from tanggap.people import service as people
from tanggap.people.demo import DemoAccount, deactivate_demo_people, ensure_demo_people
from tanggap.people.model import Role
from tanggap.people.roster.demo import ensure_demo_roster
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database, Transaction
from tanggap.platform.secrets import Keyring
from tanggap.platform.settings import Settings
from tanggap.scene import Scene, actor_of, read_scene
from tanggap.simulation.examples import read_examples
from tanggap.simulation.play import Cast, play

#: Agencies of the demonstration that also have a crew with a phone.
CREWS = frozenset({"damkarmat", "bpbd", "dlhk"})
#: Where the demonstration's passwords stand, in the state folder, readable by its owner only.
ACCOUNTS = "demo-accounts.txt"


async def prepare(settings: Settings, db: Database, say: Callable[[str], None]) -> None:
    """Bring the city's configuration to its pack; then what a demonstration needs, or what a real installation must not have.

    A pack with a mistake in it (a holiday that is none) does not stop a city that has a configuration already: that stays in
    force, and every mistake is said.

    Raises:
        PackError: the pack cannot be used, and there is nothing else.
        SettingsError: the key file cannot be used.
    """
    keyring = Keyring.load(settings.secret_file)
    pack = await _sound_pack(settings.city, db, say)
    async with db.transaction(settings.city) as tx:
        if pack is not None:
            await load_pack(tx, pack, utcnow())
        if settings.demo:
            accounts = await _demonstrate(tx, await read_scene(tx, keyring), pack, settings.home / ACCOUNTS)
    if settings.demo:
        for line in who_can_log_in(accounts, settings.public_url, settings.home / ACCOUNTS):
            say(line)
    else:
        await _be_real(db, settings.city, say)


async def _sound_pack(city: str, db: Database, say: Callable[[str], None]) -> Pack | None:
    try:
        return read_pack(pack_folder(city))
    except PackError as error:
        async with db.reading(city) as conn:
            if await version(conn, city) is None:
                raise
        say(f"The pack of {city} has mistakes; the configuration that was loaded before stays in force:\n{error}")
        return None


async def _demonstrate(tx: Transaction, scene: Scene, pack: Pack | None, path: Path) -> list[DemoAccount]:
    accounts = await ensure_demo_people(tx, scene.city, _desks(scene.catalogue), CREWS, path, utcnow())
    demo = [person for person in await people.people(tx, scene.city) if person.is_demo]
    zone = ZoneInfo(scene.catalogue.city.timezone)
    await ensure_demo_roster(tx, scene.city, zone, demo, utcnow())
    takers = [actor_of(person) for person in demo if Role.CALL_TAKER in person.roles]
    desks = {person.agency: actor_of(person) for person in demo if Role.AGENCY in person.roles and person.agency}
    if takers and pack is not None:
        await play(tx, scene, read_examples(pack), Cast(takers, desks), utcnow())
    return accounts


async def _be_real(db: Database, city: str, say: Callable[[str], None]) -> None:
    async with db.transaction(city) as tx:
        closed = await deactivate_demo_people(tx, city, utcnow()) if await people.demo_people_exist(tx, city) else []
        administrators = [
            person for person in await people.people(tx, city) if Role.ADMINISTRATOR in person.roles and person.active
        ]
    if closed:
        say(f"Closed {len(closed)} demonstration accounts; `tanggap examples remove` takes the example reports away.")
    if not administrators:
        say(
            "Nobody can sign in yet; make the first administrator with: tanggap people add LOGIN --name NAME --role administrator"
        )


def _desks(configuration: Catalogue) -> dict[str, str]:
    return {agency.code: agency.short for agency in configuration.agencies if agency.active}


def who_can_log_in(accounts: list[DemoAccount], url: str, path: Path) -> list[str]:
    """Login, password and first page of each demonstration account, as lines for a person."""
    rows = [f"  {account.login:<18}{account.password:<20}{url}{account.where}" for account in accounts]
    return ["", "Demonstration accounts (also in " + str(path) + "):", *rows, f"  {'(citizen)':<38}{url}/lapor", ""]
