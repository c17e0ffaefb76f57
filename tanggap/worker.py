"""The worker: timers, held by one worker at a time, and jobs, shared by all of them."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import msgspec

from tanggap import flow, rulebook
from tanggap.answering import read_answer
from tanggap.city.service import NoCatalogueError
from tanggap.evaluation.facts import keeping
from tanggap.interop.texts import take_text
from tanggap.notification import service as notification
from tanggap.notification.channels.making import carriers_of
from tanggap.notification.inbox.service import READ_ANSWER, keeper
from tanggap.notification.model import Channel
from tanggap.notification.sending import store as sending
from tanggap.notification.sending.sender import Sender
from tanggap.notification.settings import NotificationSettings, notification_settings, way_to_callers
from tanggap.people import signing_in
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database, DatabaseAway, Transaction
from tanggap.platform.jobs import Handler, run_jobs
from tanggap.platform.leases import LeaseLost, lease
from tanggap.platform.logs import Log
from tanggap.platform.secrets import Keyring
from tanggap.platform.settings import Settings, SettingsError
from tanggap.platform.supervisor import database_dsn
from tanggap.reaching import REACH, reach_by_itself, thank_tester
from tanggap.scene import Scene, Scenes
from tanggap.telephony.recording.keeping import Folder, Keeper
from tanggap.telephony.settings import recordings_folder, telephony_settings
from tanggap.telling import tell
from tanggap.verification.nuisance.service import THANK
from tanggap.verification.weather import service as weather
from tanggap.verification.weather.fetching import fetch
from tanggap.verification.weather.model import FeedBroken
from tanggap.verification.weather.settings import WeatherSettings, weather_settings

log = Log("worker")

#: Who sends and is killed is followed after this time; an alert waits no longer than that.
SENDING_TTL = timedelta(seconds=5)
#: Messages that arrived, and what was answered, are kept this long.
DELIVERIES_KEPT = timedelta(days=400)


class Periodic(msgspec.Struct, frozen=True):
    """What is done again and again, by one worker at a time."""

    name: str
    every_s: float
    run: Callable[[Database, str, datetime], Awaitable[object]]


#: Gives the city's scene, made anew when its catalogue or a place has changed.
Scenery = Callable[[], Awaitable[Scene]]


async def forget_old(db: Database, city: str, now: datetime) -> None:
    """Sessions and wrong passwords that have served their time go."""
    async with db.transaction(city) as tx:
        await signing_in.forget_old(tx, city, now)


def recording_tasks(settings: Settings, keyring: Keyring) -> tuple[Periodic, ...]:
    """What is done with recordings by the clock: one worker looks into the folder at a time."""
    telephony = telephony_settings(settings)
    folder = Folder(recordings_folder(settings, telephony))
    keeper = Keeper(folder, keyring, timedelta(days=telephony.recordings_kept_days))

    async def seal(db: Database, city: str, now: datetime) -> None:
        await keeper.mend()
        await keeper.seal_ended(db, city, now)

    async def delete(db: Database, city: str, now: datetime) -> None:
        await keeper.seal_orphans(db, city, now)
        await keeper.delete_expired(db, city, now)
        await keeper.sweep(db, city, now)

    return (Periodic("seal_recordings", 2, seal), Periodic("delete_recordings", 600, delete))


def weather_task(settings: Settings, scene_now: Scenery, transport: httpx.AsyncBaseTransport | None = None) -> Periodic:
    """Asks the feed of the weather when it is due, without holding a transaction while it is waited for."""

    async def fetch_weather(db: Database, city: str, now: datetime) -> None:
        try:
            said, flaw = weather_settings(settings), ""
        except SettingsError as error:
            said, flaw = WeatherSettings(), str(error)
        async with db.reading(city) as conn:
            feed = await weather.feed_of(conn, city)
        if not said.is_on:
            if feed is not None or flaw:
                async with db.transaction(city) as tx:
                    await weather.switched_off(tx, city, flaw, now)
            return
        due = weather.due_at(feed, timedelta(minutes=said.every_minutes))
        if due is not None and due > now:
            return
        try:
            warned = await fetch(said, settings.home, (await scene_now()).catalogue, now, transport)
        except FeedBroken as broken:
            log.warning("weather feed broken", why=str(broken))
            async with db.transaction(city) as tx:
                await weather.failed(tx, city, str(broken), now)
            return
        async with db.transaction(city) as tx:
            await weather.heard(tx, city, warned, now)

    return Periodic("fetch_weather", 20, fetch_weather)


async def raise_alarm(db: Database, city: str, now: datetime) -> None:
    """Somebody is told of messages that could not be delivered, until somebody takes them."""
    async with db.transaction(city) as tx:
        await notification.raise_alarm(tx, city, now)


async def forget_deliveries(db: Database, city: str, now: datetime) -> None:
    """Messages that have served their time go; what is dead stays until somebody has dealt with it."""
    async with db.transaction(city) as tx:
        await sending.forget_old(tx, city, now, DELIVERIES_KEPT)


async def publish_rules(db: Database, city: str, now: datetime) -> None:
    """A draft of the rules whose time has come is put in force."""
    async with db.transaction(city) as tx:
        await rulebook.publish_due(tx, city, now)


def periodic_tasks(scene_now: Scenery) -> tuple[Periodic, ...]:
    """What the house does by the clock."""

    async def close_silent(db: Database, city: str, now: datetime) -> None:
        scene = await scene_now()
        async with db.transaction(city) as tx:
            await flow.close_silent(tx, scene, now)

    async def join_locations(db: Database, city: str, now: datetime) -> None:
        scene = await scene_now()
        async with db.transaction(city) as tx:
            await flow.join_waiting_locations(tx, scene, now)

    async def keep_days(db: Database, city: str, now: datetime) -> None:
        zone = ZoneInfo((await scene_now()).catalogue.city.timezone)
        async with db.transaction(city) as tx:
            await keeping.keep_days(tx, city, zone, now)

    async def fire_timers(db: Database, city: str, now: datetime) -> None:
        scene = await scene_now()
        while True:
            async with db.transaction(city) as tx:
                if not await flow.fire_timers(tx, scene, now):
                    return

    async def plan_missing_timers(db: Database, city: str, now: datetime) -> None:
        scene = await scene_now()
        async with db.transaction(city) as tx:
            await flow.plan_missing_timers(tx, scene, now)

    return (
        Periodic("fire_timers", 0.25, fire_timers),
        Periodic("plan_missing_timers", 60, plan_missing_timers),
        Periodic("close_silent", 300, close_silent),
        Periodic("keep_days", 15, keep_days),
        Periodic("forget_old", 3600, forget_old),
        Periodic("join_locations", 1, join_locations),
        Periodic("raise_alarm", 10, raise_alarm),
        Periodic("forget_deliveries", 3600, forget_deliveries),
        Periodic("publish_rules", 2, publish_rules),
    )


#: A worker looks this often, in seconds, whether this machine lacks a sound triage model.
LEARN_EVERY_S = 30.0


async def keep_learned(scenes: Scenes) -> None:
    """Have the triage model learned whenever this machine has none that is sound for the city's catalogue."""
    while True:
        try:
            await scenes.learn(utcnow())
        except (DatabaseAway, NoCatalogueError):
            log.warning("learning waits for the catalogue")
        except Exception:
            log.error("learning failed", exc_info=True)
        await asyncio.sleep(LEARN_EVERY_S)


def handlers(scene_now: Scenery, public_url: str = "", way: Channel = Channel.SCREEN) -> dict[str, Handler]:
    """Who does which job. Timers are rows of their own, see `flow.fire_timers`.

    Links in messages begin with `public_url`; callers are written to by `way`.
    """

    async def announce(tx: Transaction, payload: dict[str, Any], now: datetime) -> None:
        await tell(tx, await scene_now(), public_url, payload, now)

    async def answer(tx: Transaction, payload: dict[str, Any], now: datetime) -> None:
        await read_answer(tx, await scene_now(), UUID(payload["message"]), take_text, now)

    async def reach(tx: Transaction, payload: dict[str, Any], now: datetime) -> None:
        await reach_by_itself(tx, await scene_now(), public_url, way, UUID(payload["report"]), now)

    async def thank(tx: Transaction, payload: dict[str, Any], now: datetime) -> None:
        await thank_tester(tx, await scene_now(), way, UUID(payload["report"]), now)

    return {notification.ANNOUNCE: announce, READ_ANSWER: answer, REACH: reach, THANK: thank}


def providers(settings: Settings) -> NotificationSettings:
    """The providers of `notifications.toml`; none while it is damaged, because notices on screens must go on."""
    try:
        return notification_settings(settings)
    except SettingsError as error:
        log.error("messages go to screens, browsers and webhooks only", said=str(error))
        return NotificationSettings()


async def send_deliveries(db: Database, settings: Settings, keyring: Keyring) -> None:
    """Hold the lease of sending and send what is due; stand by while another worker does."""
    holder = f"{socket.gethostname()}:{os.getpid()}"
    city, said = settings.city, providers(settings)
    while True:
        try:
            async with lease(db, city, "sending", holder, SENDING_TTL):
                log.info("sending held", holder=holder)
                carriers = carriers_of(settings, said, keyring, keeper(db, city, keyring, utcnow), utcnow)
                await Sender(db, city, keyring, carriers).run()
        except LeaseLost:
            log.warning("sending lost", holder=holder)
        except Exception:
            log.error("sending broken", exc_info=True)
            await asyncio.sleep(1)


async def work(settings: Settings) -> None:
    """Run timers and jobs until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    db = await Database.open(database_dsn(settings), min_size=1, max_size=8)
    keyring = Keyring.load(settings.secret_file)
    scenes = Scenes(db, settings, keyring)
    periodic = (*periodic_tasks(scenes.get), *recording_tasks(settings, keyring), weather_task(settings, scenes.get))
    timers = asyncio.create_task(keep_time(db, settings.city, periodic))
    learning = asyncio.create_task(keep_learned(scenes))
    doing = handlers(scenes.get, settings.public_url, way_to_callers(providers(settings)))
    jobs = asyncio.create_task(run_jobs(db, settings.city, doing, stop))
    messages = asyncio.create_task(send_deliveries(db, settings, keyring))
    log.info("worker ready")
    await stop.wait()
    timers.cancel()
    learning.cancel()
    messages.cancel()
    await asyncio.wait((timers, learning, jobs, messages), timeout=4)
    await scenes.close()
    await db.close()


async def keep_time(db: Database, city: str, periodic: tuple[Periodic, ...]) -> None:
    """Hold the lease of the timers and run them; stand by while another worker holds it."""
    holder = f"{socket.gethostname()}:{os.getpid()}"
    while True:
        with contextlib.suppress(LeaseLost):
            async with lease(db, city, "timers", holder):
                log.info("timers held", holder=holder)
                await asyncio.gather(*(_repeat(db, city, task) for task in periodic), asyncio.Event().wait())
        log.warning("timers lost", holder=holder)


async def _repeat(db: Database, city: str, task: Periodic) -> None:
    while True:
        try:
            await task.run(db, city, utcnow())
        except DatabaseAway:
            log.warning("timer waits for the database", name=task.name)
        except Exception:
            log.error("timer failed", name=task.name, exc_info=True)
        await asyncio.sleep(task.every_s)
