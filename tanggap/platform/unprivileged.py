"""Running PostgreSQL as root: it refuses, so it gets a user namespace or, where those are forbidden, a system user."""

import contextlib
import os
import pwd
import subprocess
from pathlib import Path


class PostgresError(Exception):
    """The embedded PostgreSQL cannot be made or started; the message says why and what to do."""


def unprivileged_prefix(data_dir: Path) -> list[str]:
    """What stands in front of PostgreSQL's programs, which refuse to run as root or without a name; nothing for a plain user.

    Otherwise a user namespace in which we are called nobody (files stay ours); as root without namespaces, a system user.
    """
    uid = os.geteuid()
    if uid != 0 and _has_name(uid):
        return []
    owner = data_dir.stat().st_uid
    if owner == uid:
        nobody = _system_user("nobody")
        namespace = ["unshare", "--user", f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}"]
        if _runs([*namespace, "true"]):
            return namespace
        if uid != 0:
            raise PostgresError(f"PostgreSQL needs a named user: add one with id {uid} to /etc/passwd, or allow user namespaces.")
        owner = _system_user("tanggap", "postgres", "nobody").pw_uid
    other = ["setpriv", f"--reuid={owner}", f"--regid={pwd.getpwuid(owner).pw_gid}", "--clear-groups"]
    data_dir.parent.chmod(data_dir.parent.stat().st_mode | 0o011)  # to pass through, not to list; the key file has its own mode
    if not _runs([*other, "test", "-x", str(data_dir.parent)]):
        raise PostgresError(
            f"PostgreSQL refuses to run as root, user namespaces are forbidden here, and user {pwd.getpwuid(owner).pw_name}"
            f" cannot reach {data_dir}; start Tanggap as a plain user, or set TANGGAP_HOME to a folder such as /var/lib/tanggap."
        )
    return other


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _system_user(*names: str) -> pwd.struct_passwd:
    for name in names:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise PostgresError("PostgreSQL refuses to run as root and there is no user nobody; start Tanggap as a plain user.")


def _runs(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603
    except OSError:
        return False


def hand_over(paths: list[Path], prefix: list[str]) -> None:
    """Give files to the system user that PostgreSQL will run as, where there is one."""
    ids = [int(part.partition("=")[2]) for part in prefix if part.startswith(("--reuid=", "--regid="))]
    if len(ids) == 2:
        for path in paths:
            os.chown(path, ids[0], ids[1])
