"""What is said about newer releases: whom a check asks, what is there, how it is installed."""

import shlex
from urllib.parse import urlsplit

from spark_desktop.domain.updates import Fetched, Fetching, Installed, Offer, UpdateSource
from spark_desktop.viewmodels.amounts import bytes_text
from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone
from spark_desktop.viewmodels.translation import tr


def about_text(source: UpdateSource) -> str:
    """Return whom a check asks, and what it sends."""
    if not source.is_usable:
        return no_key_text()
    return tr(
        "A check asks {host} for two small files, the list of releases and its signature, and "
        "sends nothing but that request: no identifier, no version, nothing of you or your "
        "projects. Spark never installs anything by itself.",
        host=source.host,
    )


def no_key_text() -> str:
    """Return why nothing can be looked for."""
    return tr(
        "This build has no release key: what it fetched could not be verified, so it asks nobody. "
        "Look for new versions where you got this one."
    )


def consent_notice(source: UpdateSource) -> Notice:
    """Return what is asked before a host is asked for the first time."""
    return Notice(
        tr("Spark would ask {host} now.", host=source.host),
        Tone.PLAIN,
        tr("Agree, and it asks whenever you press Check now; the daily check stays as it is."),
    )


def checking_notice(source: UpdateSource) -> Notice:
    """Return what is said while a check goes on."""
    return Notice(tr("Asking {host}…", host=source.host), Tone.BUSY)


def other_host_text(source: UpdateSource) -> str:
    """Return why the daily check rests although it is on."""
    return tr(
        "Nobody agreed yet to ask {host}, so nothing is asked. Switch this off and on to agree.",
        host=source.host,
    )


def version_text(installed: Installed) -> str:
    """Return what runs here."""
    return tr("This is Spark {version}.", version=installed.name)


def unasked_notice(*, is_daily: bool) -> Notice:
    """Return what is said before anything was asked in this run of the program."""
    if is_daily:
        return Notice(tr("Spark looks for new versions once a day."), Tone.PLAIN)
    return Notice(
        tr("Spark does not look for new versions by itself."),
        Tone.PLAIN,
        tr("The settings have a daily check, under Updates."),
    )


def newest_notice() -> Notice:
    """Return what is said where there is nothing newer."""
    text = tr("There is no newer version.")
    return Notice(text, Tone.GOOD, tr("The signature of the list of releases was verified."))


def found_notice(offer: Offer) -> Notice:
    """Return what the window says of a newer release."""
    return Notice(
        tr("Spark {version} is available.", version=offer.release.name),
        Tone.PLAIN,
        "",
        Action(tr("Release notes and download"), Intent.UPDATES),
    )


def offer_notice(offer: Offer, installed: Installed) -> Notice:
    """Return what the window of the updates says of a newer release."""
    text = tr("Spark {version} is available.", version=offer.release.name)
    if offer.file is not None:
        hint = tr("Its signature was verified.")
    elif not installed.format:
        hint = tr("This Spark runs from its source; update that.")
    else:
        hint = tr("The list of releases names no package for how this Spark was installed.")
    return Notice(text, Tone.GOOD, hint)


def fetching_notice(step: Fetching) -> Notice:
    """Return how far a download is."""
    if step.verifying:
        return Notice(tr("Verifying…"), Tone.BUSY)
    done, total = bytes_text(step.done), bytes_text(step.total)
    return Notice(tr("Downloading: {done} of {total}", done=done, total=total), Tone.BUSY)


def cancelled_notice() -> Notice:
    """Return what is said after a download was cancelled."""
    return Notice(tr("The download was cancelled; nothing of it was kept."), Tone.PLAIN)


def fetched_notice(fetched: Fetched) -> Notice:
    """Return where a package lies, and that it is the right one."""
    return Notice(
        tr("{name} is here, and is the file that was released.", name=fetched.path.name),
        Tone.GOOD,
        tr("It lies in {folder}.", folder=fetched.path.parent),
    )


def download_text(offer: Offer) -> str:
    """Return the words of the button: from where, and how much."""
    if offer.file is None:
        return tr("&Download")
    host, size = urlsplit(offer.file.url).netloc, bytes_text(offer.file.bytes)
    return tr("&Download {size} from {host}", size=size, host=host)


def install_text(fetched: Fetched) -> str:
    """Return how the package is installed, by whoever downloaded it."""
    file = fetched.offer.file
    # A second download is called "… (2).deb", which a shell would not take as one word.
    name = shlex.quote(f"./{fetched.path.name}")
    match "" if file is None else file.format:
        case "deb":
            return tr("To install it, type in that folder: sudo apt install {name}", name=name)
        case "run":
            return tr("To install it, quit Spark and type in that folder: sh {name}", name=name)
        case "tar":
            return tr("Quit Spark, and unpack it in the place of the folder that you unpacked.")
        case "exe":
            return tr("Quit Spark, then open it. Your settings and threads stay.")
        case "dmg":
            return tr("Quit Spark, open it, and drag Spark into Applications.")
        case _:
            return tr("Install it in the same way as this one.")
