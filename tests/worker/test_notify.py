import logging
import sys
from io import StringIO
from urllib.parse import unquote

import pytest

from tests.drivers.receiver import TOKEN, Receiver
from worker import notify
from worker.notify import Notifier

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


async def sent(address: str, title: str = "Title", body: str = "Body") -> notify.Outcome:
    notifier = Notifier([address])
    [target] = await notifier.targets()
    return await notifier.send(target.digest, title, body)


async def test_a_message_arrives_as_it_was_written(receiver: Receiver) -> None:
    body = "On MUBI:\n- Fast & Furious <3> *5* {{x}} \\n_é_"
    assert (await sent(receiver.address, "2 films", body)).status == "sent"
    assert receiver.received == [("2 films", body)]


async def test_a_refusal_is_told_in_the_words_of_apprise(receiver: Receiver) -> None:
    receiver.status = 500
    outcome = await sent(receiver.address)
    assert (outcome.status, outcome.final) == ("failed", False)
    assert "error=500" in outcome.reason
    assert len(receiver.received) == 1


async def test_a_service_that_is_not_there_is_a_failure() -> None:
    outcome = await sent(f"json://127.0.0.1:9/{TOKEN}")
    assert outcome == notify.Outcome("failed", notify.NOT_THERE)


async def test_without_an_answer_nobody_knows_whether_it_arrived(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notify, "ANSWER_WITHIN", 0.0)
    receiver.hold()
    assert await sent(f"{receiver.address}?rto=0.2") == notify.Outcome("unknown", notify.NO_ANSWER)
    assert len(receiver.received) == 1


async def test_a_connection_that_breaks_leaves_it_open_too(receiver: Receiver) -> None:
    receiver.drop()
    assert await sent(receiver.address) == notify.Outcome("unknown", notify.CUT_OFF)


async def test_options_of_the_address_do_not_send_twice_nor_hide_a_failure(receiver: Receiver) -> None:
    receiver.status = 500
    outcome = await sent(f"{receiver.address}?retry=3&wait=0&optional=yes")
    assert (outcome.status, len(receiver.received)) == ("failed", 1)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("json://ann:password@nas.local:8080/secret", "JSON at nas.local:8080"),
        ("ntfys://ntfy.example.org/secret-topic", "ntfy at ntfy.example.org"),
        ("ntfy://secret-topic", "ntfy"),
        ("discord://12345678901234567890/secret-token", "Discord"),
        ("tgram://123456789:secret_secret_secret/chat", "Telegram"),
        ("mailto://ann:secret@gmail.com", "E-Mail at gmail.com"),
    ],
)
async def test_a_target_is_named_without_its_secrets(address: str, name: str) -> None:
    [target] = await Notifier([address]).targets()
    assert (target.name, target.problem) == (name, None)


async def test_targets_of_one_kind_are_told_apart() -> None:
    targets = await Notifier(["ntfy://one", "ntfy://two", "json://localhost/x"]).targets()
    assert [target.name for target in targets] == ["ntfy", "ntfy (2)", "JSON at localhost"]


async def test_an_address_that_apprise_does_not_know_is_a_problem_of_its_own() -> None:
    notifier = Notifier(["carrier-pigeon://secret", "json://localhost/x"])
    wrong, right = await notifier.targets()
    assert (wrong.name, wrong.problem) == ("Address 1 (carrier-pigeon://…)", notify.NOT_UNDERSTOOD)
    assert right.problem is None
    outcome = await notifier.send(wrong.digest, "Title", "Body")
    assert outcome == notify.Outcome("failed", notify.NOT_UNDERSTOOD, final=True)


async def test_an_address_that_is_set_no_more_gets_nothing(receiver: Receiver) -> None:
    [target] = await Notifier([receiver.address]).targets()
    outcome = await Notifier().send(target.digest, "Title", "Body")
    assert outcome == notify.Outcome("failed", notify.NOT_SET_ANY_MORE, final=True)


async def test_without_the_extra_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    [target] = await Notifier(["json://localhost/secret"]).targets()
    assert (target.name, target.problem) == ("Address 1 (json://…)", notify.NOT_INSTALLED)


async def test_apprise_is_not_loaded_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    assert await Notifier().targets() == []


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    """What a process that logs everything writes."""
    stream, root = StringIO(), logging.getLogger()
    monkeypatch.setattr(root, "handlers", [logging.StreamHandler(stream)])
    monkeypatch.setattr(root, "level", logging.DEBUG)
    return stream


async def test_no_log_and_no_reason_holds_a_secret(
    receiver: Receiver, log: StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    receiver.status = 404
    addresses = [receiver.address, f"json://ann:{TOKEN}@127.0.0.1:9/{TOKEN}?+X-Key={TOKEN}", f"unheard-of://{TOKEN}"]
    notifier = Notifier(addresses)
    targets = await notifier.targets()
    outcomes = [await notifier.send(target.digest, "Title", "Body") for target in targets]
    assert [outcome.status for outcome in outcomes] == ["failed", "failed", "failed"]
    assert TOKEN not in f"{targets} {outcomes} {log.getvalue()} {capfd.readouterr()}"


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("json://ann:pw1@nas.local/k9", "nas.local"),
        ("json://ann:pw1@NAS.local/k9?+X-Key=tok.en.abc", "nas.local"),
        ("json://ann:p%40w1@nas.local/eyJh.eyJz.c2ln", "nas.local"),
        ("sendgrid://SG.xxx.yyy:me@example.com", "example.com"),
    ],
)
def test_of_an_address_nothing_is_told_but_its_host(address: str, host: str) -> None:
    secrets = ("pw1", "p@w1", "p%40w1", "k9", "tok.en.abc", "eyJh.eyJz.c2ln", "SG.xxx.yyy")
    known = [secret for secret in secrets if secret in address or secret in unquote(address)]
    said = notify._without_secrets(f"No: {' '.join(known)} at nas.local, shapwork1", address, host)
    assert said == f"No: {' '.join(['…'] * len(known))} at nas.local, shapwork1"
