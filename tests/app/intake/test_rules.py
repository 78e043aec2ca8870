"""What may be wrong with a row: each rule, what it says, and what becomes of the row."""

# ruff: noqa: E501 - a row of a table is a line, however much it says

from collections.abc import Iterator
from pathlib import Path

import pytest

from freezecase import Actor, AppealLevel, AppealRoute, events
from freezecase.app.intake import AnomalyRule, ImportReport, translate
from freezecase.app.intake.history import Ids
from freezecase.app.reading import Reader
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Store
from freezecase.core.values import Amount, Capability, Scope
from tests.app.intake.logs import LOG, STEPS, broken, desk, log, row, take


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store("memory:") as opened:
        yield opened


FREEZE, SECOND = row(1, "freeze"), row(2, "freeze")
TABLE = [
    # rule                 | rows                                                  | left out
    ("ragged-row",           [FREEZE, "2,too few\n"],                                1),
    ("ragged-row",           [FREEZE, row(2, "free").strip() + ",one more\n"],       1),
    ("no-case",              [FREEZE, row(2, "free", " ")],                          1),
    ("unknown-kind",         [FREEZE, row(2, "thaw")],                               1),
    ("bad-value",            [FREEZE, row(2, "take", amount="much")],                1),
    ("bad-value",            [FREEZE, row(2, "take", amount="1.5")],                 1),
    ("bad-value",            [FREEZE, row(2, "take", amount="-1")],                  1),
    ("bad-value",            [FREEZE, row(2, "take", amount="1e99")],                1),
    ("bad-value",            [FREEZE, row(2, "take", amount="NaN")],                 1),
    ("bad-value",            [FREEZE, row(2, "take", amount="")],                    1),
    ("bad-value",            [FREEZE, row(2, "free", time="yesterday")],             1),
    ("bad-value",            [FREEZE, row(2, "free", time="2025-01-02T00:00:00")],   1),
    ("bad-value",            [FREEZE, row(2, "free", time="")],                      1),
    ("bad-value",            [FREEZE, row(2, "free", who="ana@example.org")],        1),
    ("bad-value",            [FREEZE, row(2, "freeze", "me@example.org")],           1),
    ("bad-value",            [FREEZE, row(2, "free", id="")],                        1),
    ("bad-value",            [FREEZE, row(2, "free", id="9" * 201)],                 1),
    ("bad-value",            [FREEZE, row(2, "freeze", "a2", until="later")],        1),
    ("changed-row",          [FREEZE, row(2, "free", id="1")],                       1),
    ("duplicate-row",        [FREEZE, FREEZE],                                       0),
    ("time-backwards",       [FREEZE, row(2, "free", time="2024-12-31T00:00:00Z")],  0),
    ("in-the-future",        [FREEZE, row(2, "take", amount="1", time="2027-01-01T00:00:00Z")], 0),
    ("begins-in-the-middle", [row(2, "free")],                                       0),
    ("repeated-freeze",      [FREEZE, SECOND],                                       0),
    ("unrecorded-end",       [row(1, "freeze", until="2025-01-01T01:30:00"), SECOND], 0),
    ("not-allowed-now",      [FREEZE, row(2, "free"), row(3, "take", amount="1")],   0),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "rows", "left_out"), TABLE, ids=[row[0] for row in TABLE])
def test_each_rule_is_reported_with_its_row(
    store: Store, tmp_path: Path, rule: str, rows: list[str], left_out: int
) -> None:
    """The last row breaks the rule, that rule only, and is kept: as a record or in the report."""
    report = take(store, log(tmp_path, *rows))
    (anomaly,) = {anomaly.row: anomaly for anomaly in report.anomalies}.values()

    assert {one[0] for one in broken(report)} == {rule}
    assert (anomaly.row, report.rows, report.left_out) == (len(rows) + 1, len(rows), left_out)
    assert len(anomaly.content) == (len(rows[-1].split(",")) if left_out else 0)
    assert report.rows == report.imported + report.known + report.left_out


SAID = [
    (row(2, "take", amount="much"), "column `amount` cannot be `much`: it takes a decimal number"),
    (row(2, "take", amount="1.5"), "column `amount` cannot be `1.5`: it takes a whole number of the smallest units"),
    (row(2, "take", amount="-1"), "Amount.units cannot be `'-0.000001'`: a plain decimal of zero or more, such as `0.15`, from column `amount`"),
    (row(2, "take"), "column `amount` is empty: `units` must be filled"),
    (row(2, "free", time="soon"), "column `time` cannot be `soon`: it takes a time in ISO 8601"),
    (row(2, "free", time="2025-01-02"), "column `time` cannot be `2025-01-02`: it has no zone: name one in the mapping, as `zone`"),
    (row(2, "free", time=""), "column `time` is empty: it takes a time"),
    (row(2, "free", who="a@b"), "Actor.id cannot be `'a@b'`: 1 to 200 printable characters without blanks or `@`, from column `who`"),
    (row(2, "freeze", "a@b"), "account cannot be `a@b`: it takes 1 to 200 printable characters without blanks or `@`"),
    (row(2, "free", id=""), "column `id` is empty: it tells the row from others"),
    (row(2, "thaw"), "the mapping neither maps nor skips rows of kind `thaw`"),
    (row(2, "free", id="1"), "row `1` said something else when it was met before"),
    (row(2, "freeze"), "the case is `in_force` already: a freeze may follow once it is released"),
    (row(2, "free", time="2024-12-31T00:00:00Z"), "`release-ordered` of 2024-12-31 00:00:00 comes after one of 2025-01-01 01:00:00"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "words"), SAID, ids=[said[1][:40] for said in SAID])
def test_an_anomaly_says_what_and_what_would_be_allowed(
    store: Store, tmp_path: Path, line: str, words: str
) -> None:
    report = take(store, log(tmp_path, FREEZE, line))

    assert next(iter(report.anomalies)).words == words


def test_an_anomaly_reads_as_a_line(store: Store, tmp_path: Path) -> None:
    report = take(store, log(tmp_path, row(1, "thaw"), "1\n"))

    assert [str(anomaly) for anomaly in report.anomalies] == [
        "row 2, case `a1`: unknown-kind: the mapping neither maps nor skips rows of kind `thaw`",
        "row 3: ragged-row: it has another number of cells than the header",
    ]
    assert report.anomalies.by_rule == {"ragged-row": 1, "unknown-kind": 1}
    assert [one.row for one in report.anomalies.of(AnomalyRule.RAGGED_ROW)] == [3]
    assert report.in_words() == (
        "log `desk`: 2 rows on 1 case keys: nothing new; 0 known, 2 left out, 2 anomalies"
    )


def test_what_broke_a_rule_happened_all_the_same(store: Store, tmp_path: Path) -> None:
    """The freeze of a frozen account stays in its case, with what it says."""
    report = take(store, log(tmp_path, FREEZE, row(2, "freeze", until="2027-01-01T00:00:00")))
    (case,) = Reader(store).cases()

    assert (report.imported, report.events, case.version) == (2, 2, 2)
    assert case.until is not None
    assert "imported as 2 records" in report.in_words()


def test_a_status_in_the_way_names_those_that_are_not(store: Store, tmp_path: Path) -> None:
    report = take(store, log(tmp_path, FREEZE, row(2, "free"), row(3, "take", amount="1")))

    assert [anomaly.words for anomaly in report.anomalies] == [
        "cannot funds-forfeited while the case is `released`: it may while `in_force`, `upheld`, "
        "`forfeited`, `offboarded`"
    ]


def step(kind: str, *lines: str) -> str:
    """One more step of a mapping."""
    return f"[step.{kind}]\n" + "\n".join(lines) + "\n"


EVENT = "[[step.{}.events]]"


def test_what_a_case_lacks_is_said_in_the_words_of_the_core(store: Store, tmp_path: Path) -> None:
    close = step("close", EVENT.format("close"), 'is = "check-passed"', 'with.check = "liveness"')

    report = take(store, log(tmp_path, FREEZE, row(2, "close")), desk(steps=STEPS + close))

    assert [anomaly.words for anomaly in report.anomalies] == [
        "cannot check-passed while check `liveness` was never requested: it allows nothing"
    ]


TWO = step(
    "both",
    EVENT.format("both"),
    'is = "release-ordered"',
    EVENT.format("both"),
    'is = "funds-forfeited"',
    'with = { basis = "order", amount = { units = { column = "amount" }, asset = "EUR" } }',
)


def test_a_row_of_two_events_happens_whole_or_not_at_all(store: Store, tmp_path: Path) -> None:
    """The second cannot be made: the first is taken back, and what follows starts from before."""
    lines = [FREEZE, row(2, "both", amount="x"), row(3, "both", amount="2")]

    report = take(store, log(tmp_path, *lines), desk(steps=STEPS + TWO))

    assert broken(report) == [("bad-value", 3), ("not-allowed-now", 4)]
    assert [r.version for r in Reader(store).history(Ids("desk").case("a1", 1))] == [1, 2, 3]


def test_a_row_that_opens_a_case_and_fails_opens_none(store: Store, tmp_path: Path) -> None:
    again = step("again", EVENT.format("again"), 'is = "freeze-imposed"',
                 'with = { ground = "incident", scope = { capabilities = ["card"] } }',
                 EVENT.format("again"), 'is = "funds-forfeited"',
                 'with = { basis = { column = "amount" } }')  # fmt: skip
    lines = [FREEZE, row(2, "free"), row(3, "again"), row(4, "freeze")]

    report = take(store, log(tmp_path, *lines), desk(steps=STEPS + again))

    assert (broken(report), report.opened) == ([("bad-value", 4)], 2)


WHEN = [
    # condition                                         | amounts of rows that hold
    ('when = { column = "amount", filled = true }',       ["1", "2"]),
    ('when = { column = "amount", filled = false }',      [""]),
    ('when = { column = "amount", is = ["1"] }',          ["1"]),
    ('when = { column = "amount", is_not = ["1"] }',      ["2", ""]),
    ('when = { status = ["in_force"] }',                  ["1", "2", ""]),
    ('when = { status = ["released"] }',                  []),
    ("when = { allowed = true }",                         ["1", "2", ""]),
    ("when = { otherwise = true }",                       ["1", "2", ""]),
]  # fmt: skip


@pytest.mark.parametrize(("when", "holding"), WHEN, ids=[when for when, _ in WHEN])
def test_a_row_stands_for_an_event_when_its_condition_holds(
    store: Store, tmp_path: Path, when: str, holding: list[str]
) -> None:
    """A row that stands for nothing is reported, never dropped in silence."""
    mapping = desk(steps=STEPS + step("say", EVENT.format("say"), 'is = "human-requested"',
                                      'with.channel = "phone"', when))  # fmt: skip
    amounts = ["1", "2", ""]
    rows = [row(n, "say", amount=amount) for n, amount in enumerate(amounts, start=2)]

    report = take(store, log(tmp_path, FREEZE, *rows), mapping)

    assert report.imported == 1 + len(holding)
    assert broken(report) == [
        ("no-event", n) for n, amount in enumerate(amounts, 3) if amount not in holding
    ]


def test_a_row_may_choose_by_what_the_life_cycle_allows(store: Store, tmp_path: Path) -> None:
    """Narrower if it is, wider if it is, and something else otherwise."""
    scope = 'with.scope.capabilities = [{ column = "amount", split = "|" }, "transfer"]'
    change = step("change",
        EVENT.format("change"), 'is = "scope-narrowed"', "when = { allowed = true }", scope,
        EVENT.format("change"), 'is = "scope-widened"', "when = { allowed = true }", scope,
        'with.reason = "x"',
        EVENT.format("change"), 'is = "freeze-upheld"', "when = { otherwise = true }",
        'with.reason = "x"')  # fmt: skip
    amounts = ["card|trade", "card", "card", ""]
    rows = [row(n, "change", amount=amount) for n, amount in enumerate(amounts, start=2)]

    report = take(store, log(tmp_path, FREEZE, *rows), desk(steps=STEPS + change))
    history = Reader(store).history(Ids("desk").case("a1", 1))

    assert broken(report) == []
    assert [record.kind for record in history[1:]] == [
        "scope-widened",
        "scope-narrowed",
        "freeze-upheld",
        "scope-narrowed",
    ]
    assert history[2].event == events.ScopeNarrowed(
        scope=Scope.of(Capability.CARD, Capability.TRANSFER), by="staff:ana"
    )


def test_what_the_importer_knows_may_be_used(store: Store, tmp_path: Path) -> None:
    """The newest decision, the newest record, the account, the case key, the actor."""
    appeal = step("appeal", EVENT.format("appeal"), 'is = "appeal-filed"',
                  'actor = { kind = "customer", id = { from = "account" } }',
                  'at = { column = "until", zone = "Europe/Rome" }',
                  "[step.appeal.events.with]", 'contests = { from = "decision" }',
                  'route = "appeal"', 'level = "internal-review"',
                  'statement = { from = "actor" }')  # fmt: skip
    note = step("note", EVENT.format("note"), 'is = "harm-recorded"',
                'with = { harm = "noted", description = { from = "case" } }')  # fmt: skip
    lines = [
        FREEZE,
        row(2, "note"),
        row(3, "appeal", until="2025-06-01T00:00:00"),
        row(4, "appeal", "a2"),
    ]
    mapping = desk(
        steps=STEPS + appeal + note, actor='actor = { kind = "staff", id = "x" }\naccount = "one"'
    )

    report = take(store, log(tmp_path, *lines), mapping)
    _, harm, filed = Reader(store).history(Ids("desk").case("a1", 1))

    assert harm.event == events.HarmRecorded(harm="noted", description="a1")
    assert filed.event == events.AppealFiled(
        contests=1,
        route=AppealRoute.APPEAL,
        level=AppealLevel.INTERNAL_REVIEW,
        statement="customer:one",
    )
    assert (filed.actor, filed.occurred_at.isoformat()) == (
        Actor.customer("one"),
        "2025-05-31T22:00:00+00:00",
    )
    assert broken(report) == [("bad-value", 5)]


def test_an_answer_dated_before_what_it_answers_is_reported(store: Store, tmp_path: Path) -> None:
    """Only where both happen, only for the first of each, and only if the dates say so."""
    talk = step("ask", EVENT.format("ask"), 'is = "contact-received"', 'with.channel = "phone"')
    talk += step("reply", 'answers = "ask"', EVENT.format("reply"), 'is = "reply-sent"',
                 'with = { channel = "phone", human = { column = "amount", as = "flag" } }')  # fmt: skip
    lines = [
        *(row(1, "freeze", key) for key in ("a1", "a2", "a3")),
        *(row(4, "reply", key, id=f"4{key}", amount="yes") for key in ("a1", "a2", "a3")),
        *(row(5, "ask", key, id=f"5{key}") for key in ("a1", "a3")),
        row(4, "ask", "a2", id="5a2"),
        row(6, "ask", id="6"),
    ]
    lines = [line.replace("1,", f"1{n},", 1) if n < 3 else line for n, line in enumerate(lines)]
    mapping = desk(steps=STEPS + talk, order='order = ["time", "id"]')

    report = take(store, log(tmp_path, *lines), mapping)

    assert broken(report) == [("answered-early", 5), ("answered-early", 7)]
    assert next(iter(report.anomalies)).words == (
        "`reply` of 2025-01-01 answers `ask`, which row 8 dates 2025-01-01"
    )


def test_an_empty_cell_that_should_be_filled_is_reported(store: Store, tmp_path: Path) -> None:
    mapping = desk(skip='skip = ["tick"]\nexpects = ["who"]')

    lines = [row(1, "freeze", who=""), row(2, "take", amount="1")]
    report = take(store, log(tmp_path, *lines), mapping)

    assert broken(report) == [("missing-value", 2)]
    assert Reader(store).history(Ids("desk").case("a1", 1))[0].actor == Actor.staff("unknown")


def test_a_log_may_begin_elsewhere(store: Store, tmp_path: Path) -> None:
    """What it does not hold is then no anomaly; what follows is kept as it is."""
    mapping = desk(skip='skip = ["tick"]\nbegins = "elsewhere"')

    report = take(store, log(tmp_path, row(1, "free"), row(2, "freeze")), mapping)

    assert (broken(report), report.opened) == ([], 2)


def test_a_log_that_begins_in_the_middle_says_so_once_for_each_case(
    store: Store, tmp_path: Path
) -> None:
    talk = step("say", EVENT.format("say"), 'is = "human-requested"', 'with.channel = "phone"')

    report = take(store, log(tmp_path, row(1, "say"), row(2, "say")), desk(steps=STEPS + talk))

    assert broken(report) == [("begins-in-the-middle", 2)]


ORDINAL = {"id": 'id = "ordinal"'}
CONTENT = {"id": 'id = "content"'}


def test_rows_without_an_id_are_told_apart_by_their_place(store: Store, tmp_path: Path) -> None:
    lines = [FREEZE, row(2, "take", amount="1"), row(2, "take", amount="1")]

    first, second = (take(store, log(tmp_path, *lines), desk(**ORDINAL)) for _ in range(2))
    changed = take(store, log(tmp_path, FREEZE, row(2, "take", amount="2")), desk(**ORDINAL))

    assert (first.imported, second.known, broken(first)) == (3, 3, [])
    assert broken(changed) == [("changed-row", 3)]
    assert source_ids(store) == ["a1/1", "a1/2", "a1/3"]


def test_rows_without_an_id_are_told_apart_by_what_they_say(store: Store, tmp_path: Path) -> None:
    """A row that says the same again is recorded again, and reported."""
    lines = [FREEZE, row(2, "take", amount="1"), row(2, "take", amount="1"), row(1, "freeze", "a2")]

    first, second = (take(store, log(tmp_path, *lines), desk(**CONTENT)) for _ in range(2))

    assert (first.imported, second.known) == (4, 4)
    assert broken(first) == broken(second) == [("duplicate-row", 4)]
    assert [one[-2:] for one in source_ids(store)] == ["#1", "#1", "#2"]


def test_every_row_may_be_a_case_of_its_own(store: Store, tmp_path: Path) -> None:
    mapping = desk(case='case = "row"', **CONTENT)
    lines = [FREEZE, FREEZE, row(2, "freeze"), "short\n"]

    first, second = (take(store, log(tmp_path, *lines), mapping) for _ in range(2))

    assert (first.opened, first.keys, first.left_out, second.known) == (3, 3, 1, 3)
    assert broken(first) == broken(second) == [("duplicate-row", 3), ("ragged-row", 5)]


def source_ids(store: Store) -> list[str]:
    history = Reader(store).history(Ids("desk").case("a1", 1))
    return [record.source.id for record in history if record.source]


def test_a_log_of_one_kind_needs_no_column_for_it(store: Store, tmp_path: Path) -> None:
    freeze = STEPS.split("[step.free]")[0]
    mapping = desk(
        log=LOG.replace('kind = "what"\n', "").replace('skip = ["tick"]\n', ""), steps=freeze
    )

    assert take(store, log(tmp_path, row(1, "anything")), mapping).opened == 1


def test_a_cell_may_be_taken_from_the_whole_case(store: Store, tmp_path: Path) -> None:
    """The newest filled cell counts, of this row or of one before it."""
    say = step("say", EVENT.format("say"), 'is = "harm-recorded"',
               'with.harm = { column = "amount", of = "case", default = "none" }',
               'with.amount.units = { column = "amount", of = "case", values = { x = "1" }, otherwise = "0" }',
               'with.amount.asset = "EUR"')  # fmt: skip
    lines = [FREEZE, row(2, "say"), row(3, "say", amount="x"), row(4, "say"), row(5, "say", "a2")]

    take(store, log(tmp_path, *lines), desk(steps=STEPS + say))
    history = Reader(store).history(Ids("desk").case("a1", 1))

    assert [
        record.event.harm for record in history if isinstance(record.event, events.HarmRecorded)
    ] == ["x", "x"]


def test_a_report_of_many_anomalies_can_be_read_again(store: Store, tmp_path: Path) -> None:
    """They wait in a file: iterated twice, and one within the other."""
    report: ImportReport = take(store, log(tmp_path, *(row(n, "thaw") for n in range(1, 3001))))

    assert len(report.anomalies) == 3000
    pairs = zip(report.anomalies, report.anomalies, strict=True)
    assert [(a.row, b.row) for a, b in pairs][-1] == (3001, 3001)


def test_what_is_remembered_of_cells_is_bounded(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many amounts there are, each record holds its own."""
    monkeypatch.setattr(translate, "REMEMBERED", 2)
    lines = [FREEZE, *(row(n, "take", amount=str(n % 5)) for n in range(2, 12))]

    take(store, log(tmp_path, *lines), desk())
    history = Reader(store).history(Ids("desk").case("a1", 1))

    assert [record.event for record in history[1:]] == [
        events.FundsForfeited(
            basis="order",
            by="staff:ana",
            amount=Amount.of(f"0.00000{n % 5}" if n % 5 else "0", "USDT"),
        )
        for n in range(2, 12)
    ]
