"""A witness over real HTTP, on this machine: its memory, its manners, and whoever asks it."""

import sqlite3
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final, cast

import attrs
import pytest

from freezecase import Casebook
from freezecase.app.anchoring import plain_http, witness_state
from freezecase.app.anchoring.witness_client import HttpWitness
from freezecase.app.anchoring.witness_server import LocalWitness, serve
from freezecase.app.anchoring.witness_state import WitnessState
from freezecase.errors import InvalidValue, NotOurStore, StoreError
from freezecase.seal.merkle import root_of
from freezecase.seal.note import Signer, open_note
from freezecase.seal.trust import Trust, judge
from freezecase.seal.witness import MOST_BYTES, SIZE_TYPE, Request, origin_hash
from freezecase.testing.contracts import StoryClock
from tests.app.anchoring.witnesses import checkpointer, log_key
from tests.app.books import freeze_batch, opened
from tests.seal.logs import AT, FORKED, HONEST, LOG, ORIGIN, WITNESS, proof, request

KEYS: Final = [WITNESS.key, LOG.key]


@pytest.fixture
def watch(tmp_path: Path) -> LocalWitness:
    """A witness of the log, with a memory in a file."""
    return watch_in(tmp_path)


def watch_in(folder: Path) -> LocalWitness:
    """The witness with its memory in that folder."""
    clock = StoryClock(instant=AT)
    return LocalWitness(WITNESS, [LOG.key], WitnessState(folder / "witness.state", KEYS), clock)


@contextmanager
def running(server: HTTPServer) -> Generator[str]:
    """Serve until the block ends; give the address."""
    thread = Thread(target=lambda: server.serve_forever(poll_interval=0.01))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def told() -> list[str]:
    """What the witness says to whoever runs it."""
    return []


@pytest.fixture
def url(watch: LocalWitness, told: list[str]) -> Iterator[str]:
    """The address of that witness, which runs."""
    with running(serve(watch, "127.0.0.1", 0, tell=told.append)) as there:
        yield there


Answered = tuple[int, str | None, str]


def ask(url: str, method: str, path: str, body: bytes | None = None, **headers: str) -> Answered:
    """What it answers: status, type of content, body."""
    with closing(HTTPConnection(url.removeprefix("http://"), timeout=10)) as connection:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Content-Type"), answer.read().decode()


# --- over the wire -------------------------------------------------------------------------------


def test_a_checkpoint_is_cosigned_over_the_wire(url: str, told: list[str]) -> None:
    """And what comes back holds."""
    asked = request(HONEST, 0, 7)

    reply = HttpWitness(url, WITNESS.key).add_checkpoint(asked)

    assert reply.status == 200
    assert [held.at for held in open_note(asked.note + reply.body, KEYS).held] == [None, AT]
    assert told == [f"200 POST {ORIGIN} size 7"]


def test_every_status_goes_over_the_wire(url: str, told: list[str]) -> None:
    """With the type that says what the body is."""
    good = request(HONEST, 0, 7)
    bodies = [
        good,
        request(HONEST, 0, 9),
        request(HONEST, 7, 9, Signer.of_seed("other.example/log", bytes(32))),
        request(HONEST, 7, 9, Signer.of_seed(ORIGIN, bytes([5] * 32))),
        attrs.evolve(request(FORKED, 7, 9), proof=proof(HONEST, 7, 9)),
    ]

    answers = [ask(url, "POST", "/add-checkpoint", body.body.encode()) for body in bodies]

    assert [status for status, _, _ in answers] == [200, 409, 404, 403, 422]
    plain = "text/plain; charset=utf-8"
    assert [plain, SIZE_TYPE, plain, plain, plain] == [kind for _, kind, _ in answers]
    assert answers[1][2] == "7\n"
    assert [line.split()[0] for line in told] == ["200", "409", "404", "403", "422"]


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("POST", "/", b"", {}, 404),
        ("POST", "/add-checkpoint/", b"", {}, 404),
        ("POST", "/add-checkpoint", b"rubbish", {}, 400),
        ("POST", "/add-checkpoint", None, {"Content-Length": "many"}, 400),
        ("POST", "/add-checkpoint", None, {"Content-Length": "-1"}, 400),
        ("POST", "/add-checkpoint", None, {"Content-Length": str(MOST_BYTES + 1)}, 400),
        ("POST", "/add-checkpoint", None, {"Transfer-Encoding": "chunked"}, 400),
        ("GET", "/", None, {}, 404),
        ("GET", f"/{'0' * 64}/checkpoint", None, {}, 404),
        ("GET", "/../checkpoint", None, {}, 404),
        ("PUT", "/add-checkpoint", b"", {}, 501),
    ],
    ids=[
        "another path",
        "a slash too much",
        "rubbish",
        "no length",
        "a length below nothing",
        "too long",
        "in pieces",
        "nothing to see",
        "a log that nobody saw",
        "up and away",
        "another method",
    ],
)
def test_what_nobody_should_ask_is_refused(
    url: str,
    method: str,
    path: str,
    body: bytes | None,
    headers: dict[str, str],
    status: int,
) -> None:
    """And the witness goes on."""
    assert ask(url, method, path, body, **headers)[0] == status
    assert HttpWitness(url, WITNESS.key).add_checkpoint(request(HONEST, 0, 3)).status == 200


def test_one_connection_takes_many_requests(url: str) -> None:
    """As the specification asks of both sides."""
    with closing(HTTPConnection(url.removeprefix("http://"), timeout=10)) as connection:
        for old, size in [(0, 3), (3, 5), (5, 8)]:
            body = request(HONEST, old, size).body.encode()
            connection.request("POST", "/add-checkpoint", body)
            answer = connection.getresponse()
            assert [answer.status, answer.version] == [200, 11]
            answer.read()


def test_a_witness_shows_what_it_saw_last(url: str) -> None:
    """An auditor who does not believe the log asks here; both signatures are on it."""
    witness = HttpWitness(f"{url}/", WITNESS.key)
    assert witness.newest(ORIGIN) is None
    for old, size in [(0, 3), (3, 7)]:
        assert witness.add_checkpoint(request(HONEST, old, size)).status == 200

    note = witness.newest(ORIGIN)

    assert note is not None
    vouched = judge(note, Trust.of([LOG.key], [WITNESS.key], 1))
    assert (7, root_of(HONEST[:7])) == (vouched.checkpoint.size, vouched.checkpoint.root)
    assert [vouched.quorum, vouched.since] == [True, AT]


def test_a_book_is_cosigned_over_the_wire_from_end_to_end(book: Casebook, tmp_path: Path) -> None:
    """Two witnesses at two addresses; one is stopped; it catches up when it is back."""
    log = log_key(book)
    keys = [Signer.of_seed(f"w{n}.example", bytes([n] * 32), WITNESS.key.kind) for n in (1, 2)]
    watches = [
        LocalWitness(
            key, [log.key], WitnessState(tmp_path / key.key.name, [key.key, log.key]), book.clock
        )
        for key in keys
    ]
    opened(book)
    with running(serve(watches[0], "127.0.0.1", 0)) as first:
        second = serve(watches[1], "127.0.0.1", 0)
        port = second.server_port
        witnesses: Any = [
            HttpWitness(first, keys[0].key),
            HttpWitness(f"http://127.0.0.1:{port}", keys[1].key),
        ]
        asks = checkpointer(book, *witnesses)
        with running(second):
            assert asks.make().vouched.quorum
        freeze_batch(book, 40)
        alone = asks.make()
        freeze_batch_more(book)
        with running(serve(watches[1], "127.0.0.1", port)):
            both = asks.make()

    assert [*alone.failed] == ["w2.example"]
    assert [alone.vouched.quorum, both.vouched.quorum] == [False, True]
    assert both.size == book.store.size() > alone.size


def test_an_answer_that_is_lost_does_no_harm(book: Casebook, tmp_path: Path) -> None:
    """The witness crashes when it has written and not answered: it is asked again, from there."""
    log = log_key(book)
    state = WitnessState(tmp_path / "state", [WITNESS.key, log.key])
    crashes = [True]

    def crash(_words: str) -> None:
        if crashes:
            crashes.pop()
            raise ConnectionResetError("crashed")

    opened(book)
    server = serve(LocalWitness(WITNESS, [log.key], state, book.clock), "127.0.0.1", 0, tell=crash)
    server.handle_error = lambda request, client_address: None  # type: ignore[method-assign]
    with running(server) as url:
        asks = checkpointer(book, cast("Any", HttpWitness(url, WITNESS.key)))
        lost = asks.make()
        freeze_batch_more(book)
        made = asks.make()

    assert [lost.vouched.quorum, made.vouched.quorum] == [False, True]
    assert [seen.size for seen in state.check()] == [made.size]


def freeze_batch_more(book: Casebook) -> None:
    """One more case."""
    opened(book, "acct-more")


# --- its memory ----------------------------------------------------------------------------------


def test_what_it_remembers_outlives_it(tmp_path: Path) -> None:
    """Another program with the same file goes on where the first one was."""
    assert watch_in(tmp_path).add_checkpoint(request(HONEST, 0, 7)).status == 200

    again = watch_in(tmp_path)

    assert again.add_checkpoint(request(FORKED, 0, 9)) == (409, "7\n")
    assert again.add_checkpoint(request(FORKED, 7, 9)).status == 422
    assert again.add_checkpoint(request(HONEST, 7, 9)).status == 200
    assert [(9, root_of(HONEST[:9]))] == [seen[:2] for seen in again.state.check()]


def test_it_is_on_disk_before_the_answer_goes_out(watch: LocalWitness, tmp_path: Path) -> None:
    """Whoever reads the file while the answer is on its way finds it there."""
    with running(serve(watch, "127.0.0.1", 0, tell=lambda words: None)) as url:
        HttpWitness(url, WITNESS.key).add_checkpoint(request(HONEST, 0, 7))
        with closing(sqlite3.connect(tmp_path / "witness.state")) as connection:
            [(origin, hash, note)] = connection.execute("SELECT * FROM seen").fetchall()

    assert (ORIGIN, origin_hash(ORIGIN)) == (origin, hash)
    assert open_note(note, KEYS).text.split("\n")[1] == "7"


def test_two_programs_with_one_memory_never_sign_two_histories(tmp_path: Path) -> None:
    """All at once, both histories: what was signed is all of one of them, and only grows."""
    watches = [watch_in(tmp_path) for _ in range(4)]
    for watch in watches:
        watch.state.check()
    asked = [
        request(leaves, old, size)
        for size in range(1, 12)
        for leaves in (HONEST, FORKED)
        for old in (0, 5, size - 1)
        if old <= size
    ]

    def go(number: int) -> list[Request]:
        watch = watches[number % 4]
        mine = asked[number:] + asked[:number]
        return [one for one in mine if watch.add_checkpoint(one).status == 200]

    with ThreadPoolExecutor(8) as pool:
        signed = {one.note for ones in pool.map(go, range(8)) for one in ones}

    texts = {open_note(note, KEYS).text for note in signed}
    honest = {open_note(request(HONEST, 0, n).note, KEYS).text for n in range(1, 12)}
    forked = {open_note(request(FORKED, 0, n).note, KEYS).text for n in range(1, 12)}
    assert texts
    assert texts <= honest or texts <= forked


@contextmanager
def state_of(folder: Path) -> Generator[sqlite3.Connection]:
    """The file of a memory, opened by somebody else."""
    with closing(sqlite3.connect(folder / "witness.state")) as connection:
        yield connection
        connection.commit()


def test_a_memory_that_is_damaged_signs_nothing(
    watch: LocalWitness, url: str, told: list[str]
) -> None:
    """Whoever runs it is told; whoever asks learns only that it is unwell."""
    witness = HttpWitness(url, WITNESS.key)
    witness.add_checkpoint(request(HONEST, 0, 7))
    with state_of(Path(watch.state.path).parent) as connection:
        connection.execute("UPDATE seen SET note = replace(note, char(10) || '7', char(10) || '6')")
    told.clear()

    reply = witness.add_checkpoint(request(HONEST, 7, 9))

    assert reply == (503, "the witness cannot remember now: ask again later\n")
    assert "is damaged, or another key's" in told[0]
    with pytest.raises(StoreError, match="needs a new key"):
        watch.state.check()


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """Another's database, what is no database, a folder that is not there."""
    (tmp_path / "text").write_text("a text that is long enough to be no database" * 100)
    with closing(sqlite3.connect(tmp_path / "other")) as other:
        other.execute("CREATE TABLE t (a)")
        other.commit()

    for name, error, words in [
        ("other", NotOurStore, "witness state `.*other` is something else"),
        ("text", NotOurStore, "it is no SQLite database"),
        ("no/folder", StoreError, "it cannot be opened"),
    ]:
        with pytest.raises(error, match=words):
            WitnessState(tmp_path / name, KEYS).check()


def test_a_memory_that_goes_away_signs_nothing(
    watch: LocalWitness, url: str, told: list[str]
) -> None:
    """Also to those who only look."""
    HttpWitness(url, WITNESS.key).add_checkpoint(request(HONEST, 0, 7))
    Path(watch.state.path).write_bytes(b"no database at all" * 100)

    statuses = [
        ask(url, "POST", "/add-checkpoint", request(HONEST, 7, 9).body.encode())[0],
        ask(url, "GET", f"/{origin_hash(ORIGIN)}/checkpoint")[0],
    ]

    assert statuses == [503, 503]
    assert "witness state" in told[1]


def test_a_file_that_two_make_at_once_is_made_once(
    watch: LocalWitness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever comes second finds it made."""
    watch.add_checkpoint(request(HONEST, 0, 7))
    numbers = iter([0])
    real = witness_state._number_of

    def number(connection: sqlite3.Connection) -> int:
        return 0 if next(numbers, None) == 0 else real(connection)

    monkeypatch.setattr(witness_state, "_number_of", number)

    assert [seen.size for seen in watch.state.check()] == [7]


def test_a_decision_that_breaks_off_keeps_nothing(watch: LocalWitness) -> None:
    """Before it looked, and after; the next one is not kept waiting."""

    def early(_seen: Any) -> Any:
        raise RuntimeError("early")

    def late(seen: Any) -> Any:
        raise RuntimeError(f"late: {seen(ORIGIN)}")

    for decide, words in [(early, "early"), (late, "late: None")]:
        with pytest.raises(RuntimeError, match=words):
            watch.state.decide(decide)

    assert watch.add_checkpoint(request(HONEST, 0, 7)).status == 200


def test_a_witness_with_another_key_does_not_take_over_a_memory(watch: LocalWitness) -> None:
    """Its owner is told that a new key begins anew, in a file of its own."""
    watch.add_checkpoint(request(HONEST, 0, 7))
    stranger = Signer.of_seed("other.example/w", bytes([9] * 32), WITNESS.key.kind)

    with pytest.raises(StoreError, match="another key's"):
        WitnessState(watch.state.path, [stranger.key]).check()


# --- whoever asks --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "",
        "w1.example",
        "ftp://w1.example",
        "http://",
        "https://user@w1.example",
        "https://w1.example/?a",
        "https://w1.example/#a",
        "https://w1.example:port",
        "https://[w1",
    ],
)
def test_an_address_that_cannot_be_asked_is_refused(url: str) -> None:
    """The error says what one looks like."""
    with pytest.raises(InvalidValue, match=r"HttpWitness\.url cannot be .*`https://host/path`"):
        HttpWitness(url, WITNESS.key)


@contextmanager
def answering(answer: Callable[[BaseHTTPRequestHandler], None]) -> Generator[HttpWitness]:
    """A witness whose every answer is that."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            answer(self)

        def do_GET(self) -> None:
            answer(self)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Say nothing."""

    with running(HTTPServer(("127.0.0.1", 0), Door)) as url:
        yield HttpWitness(url, WITNESS.key, timeout=0.3)


def endless(door: BaseHTTPRequestHandler) -> None:
    """More than anybody wants to read."""
    door.send_response(200)
    door.end_headers()
    for _ in range(8):
        door.wfile.write(b"a" * 65536)


def elsewhere(door: BaseHTTPRequestHandler) -> None:
    """A redirection."""
    door.send_response(302)
    door.send_header("Location", "http://127.0.0.1:1/")
    door.send_header("Content-Length", "0")
    door.end_headers()


def no_http(door: BaseHTTPRequestHandler) -> None:
    """Something else."""
    door.wfile.write(b"SSH-2.0\r\n")


def silent(door: BaseHTTPRequestHandler) -> None:
    """Nothing, for longer than one waits."""
    door.connection.recv(1)


def half(door: BaseHTTPRequestHandler) -> None:
    """Less than was promised."""
    door.send_response(200)
    door.send_header("Content-Length", "100")
    door.end_headers()
    door.wfile.write(b"half")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (endless, "answers more than"),
        (no_http, "speaks no HTTP"),
        (silent, "timed out"),
        (half, "was cut off while it answered"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_an_answer_that_is_none_is_no_answer(
    answer: Callable[[BaseHTTPRequestHandler], None], words: str
) -> None:
    """It is an `OSError`, like a wire that is cut."""
    with answering(answer) as witness, pytest.raises(OSError, match=words):
        witness.add_checkpoint(request(HONEST, 0, 7))


def test_a_redirection_is_not_followed() -> None:
    """What is signed for one is not carried to another."""
    with answering(elsewhere) as witness:
        assert witness.add_checkpoint(request(HONEST, 0, 7)).status == 302
        with pytest.raises(ConnectionError, match=r"witness `regulator\.example/w1` answers 302"):
            witness.newest(ORIGIN)


def test_nobody_there_is_no_answer() -> None:
    """As where a witness was switched off."""
    with running(HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)) as url:
        pass
    with pytest.raises(OSError, match="refused"):
        HttpWitness(url, WITNESS.key).add_checkpoint(request(HONEST, 0, 7))


def test_https_takes_the_certificates_that_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the host, the port and the path of the address."""
    made = list[Any]()

    def connection(*arguments: Any, **options: Any) -> Any:
        made.append((arguments, options))
        raise OSError("nobody there")

    monkeypatch.setattr(plain_http, "HTTPSConnection", connection)
    context: Any = object()
    with pytest.raises(OSError, match="nobody there"):
        HttpWitness("https://w1.example:8443/a/", WITNESS.key, 2.0, context).newest(ORIGIN)

    assert [(("w1.example", 8443), {"timeout": 2.0, "context": context})] == made
