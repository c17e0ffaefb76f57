"""`tanggap people`: accounts and tokens from the command line, above all the first administrator."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

import click

from tanggap.city.service import catalogue
from tanggap.commands.database import opened_database
from tanggap.people import machines, service
from tanggap.people.demo import deactivate_demo_people
from tanggap.people.model import Person, Role, UnknownPerson
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Transaction
from tanggap.platform.refusals import Refusal
from tanggap.platform.settings import load_settings

Outcome = TypeVar("Outcome")

ROLES = click.Choice([role.value for role in Role])


@click.group()
def command() -> None:
    """Accounts and tokens: add, list, reset-password, deactivate, token, revoke."""


@command.command()
@click.argument("login")
@click.option("--name", default="", help="The person's name, as colleagues see it.")
@click.option("--role", "roles", type=ROLES, multiple=True, required=True, help="Once for each role.")
@click.option("--agency", help="The agency's code, for the roles agency and field.")
def add(login: str, name: str, roles: tuple[str, ...], agency: str | None) -> None:
    """Make an account; its first password is printed once and must be changed at the first sign-in."""

    async def work(tx: Transaction, city: str) -> tuple[Person, str]:
        await _check_agency(tx, agency)
        return await service.add_person(tx, city, login, name or login, map(Role, roles), agency, None, utcnow())

    person, password = _with_database(work)
    click.echo(f"login     {person.login}\npassword  {password}")


@command.command("list")
def list_people() -> None:
    """Show everybody."""
    for person in _with_database(service.people):
        flags = " ".join(word for word, is_so in (("closed", not person.active), ("demonstration", person.is_demo)) if is_so)
        click.echo(f"{person.login:<24}{','.join(sorted(person.roles)):<32}{person.agency or '-':<14}{flags}".rstrip())


@command.command("reset-password")
@click.argument("login")
def reset_password(login: str) -> None:
    """Give a person a new password, printed once; their sessions end."""

    async def work(tx: Transaction, city: str) -> str:
        person = await _find(tx, city, login)
        return await service.reset_password(tx, city, person.id, None, utcnow())

    click.echo(f"password  {_with_database(work)}")


@command.command()
@click.argument("login", required=False)
@click.option("--demo", is_flag=True, help="Close all demonstration accounts instead of one.")
def deactivate(login: str | None, demo: bool) -> None:
    """Close an account: its sessions end and its tokens are revoked."""
    if bool(login) == demo:
        raise click.UsageError("name one login, or --demo for all demonstration accounts")

    async def work(tx: Transaction, city: str) -> int:
        if login is None:
            return len(await deactivate_demo_people(tx, city, utcnow()))
        person = await _find(tx, city, login)
        await service.deactivate(tx, city, person.id, None, utcnow())
        return 1

    click.echo(f"closed    {_with_database(work)}")


@command.command()
@click.argument("name")
@click.option("--role", type=ROLES, required=True)
@click.option("--agency", help="The agency's code, for the roles agency and field.")
@click.option("--days", type=click.IntRange(1, 3650), default=365, show_default=True, help="How long it is valid.")
def token(name: str, role: str, agency: str | None, days: int) -> None:
    """Make a token for a machine; it is printed once."""

    async def work(tx: Transaction, city: str) -> tuple[str, str]:
        await _check_agency(tx, agency)
        now = utcnow()
        made, secret = await machines.issue_token(tx, city, name, Role(role), agency, now + timedelta(days=days), None, now)
        return str(made.id), secret

    token_id, secret = _with_database(work)
    click.echo(f"id        {token_id}\ntoken     {secret}")


@command.command()
@click.argument("token_id", type=click.UUID)
def revoke(token_id: UUID) -> None:
    """Take a token back; it stops working within two seconds."""

    async def work(tx: Transaction, city: str) -> None:
        await machines.revoke_token(tx, city, token_id, None, utcnow())

    _with_database(work)
    click.echo("revoked")


async def _check_agency(tx: Transaction, agency: str | None) -> None:
    if agency is None:
        return
    try:
        (await catalogue(tx)).agency(agency)
    except LookupError as error:
        raise click.ClickException(f"there is no agency {agency!r} in the catalogue") from error


async def _find(tx: Transaction, city: str, login: str) -> Person:
    found = next((person for person in await service.people(tx, city) if person.login == login.strip().lower()), None)
    if found is None:
        raise UnknownPerson(login=login)
    return found


def _with_database(work: Callable[[Transaction, str], Awaitable[Outcome]]) -> Outcome:
    settings = load_settings()

    async def run() -> Outcome:
        async with opened_database(settings) as db, db.transaction(settings.city) as tx:
            return await work(tx, settings.city)

    try:
        return asyncio.run(run())
    except Refusal as refusal:
        raise click.ClickException(refusal.sentence) from refusal
