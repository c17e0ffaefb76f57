"""`tanggap notifications`: which providers carry messages, and the address that each is to call."""

import click

from tanggap.notification.channels.making import callback_path
from tanggap.notification.settings import CHANNEL_OF, FILE, HttpSms, WhatsApp, notification_settings, secret_of, secrets_of
from tanggap.platform.secrets import Keyring
from tanggap.platform.settings import load_settings


@click.command()
def command() -> None:
    """List the providers of notifications.toml and the addresses that they call; checks that their secrets can be read."""
    settings = load_settings()
    said = notification_settings(settings)
    keyring = Keyring.load(settings.secret_file)
    if not said.provider:
        click.echo(f"No providers in {settings.home / FILE}: messages go to screens, browsers and webhooks.")
    for one in said.provider:
        for file in secrets_of(one):
            secret_of(settings, file)
        click.echo(f"{one.name}  {CHANNEL_OF[type(one)].value}  {one.rate_per_s:g}/s")
        if isinstance(one, HttpSms):
            click.echo(f"    calls {settings.public_url}{callback_path(keyring, one.name)}")
        if isinstance(one, WhatsApp):
            click.echo(f"    calls {settings.public_url}/gerbang/{one.name}")
