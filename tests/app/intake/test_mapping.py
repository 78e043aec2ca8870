"""A mapping file: what it may say, and how every mistake in it is named."""

# ruff: noqa: E501 - a row of a table is a line, however much it says

import re
from pathlib import Path

import pytest

from freezecase import Status, errors
from freezecase.app.intake import load_mapping, read_mapping
from freezecase.app.intake.spec import (
    By,
    Cell,
    Constant,
    Identity,
    Known,
    Made,
    Moment,
    Several,
    Take,
    Told,
    When,
)
from freezecase.core.actors import ActorKind
from freezecase.core.events import AppealFiled, FreezeImposed
from tests.app.intake.logs import LOG, STEPS, desk

EXAMPLES = sorted((Path(__file__).parents[3] / "examples" / "imports").glob("*.toml"))
ONE = '[step.x]\n[[step.x.events]]\nis = "human-joined"\nwith.channel = "phone"\n'


def with_(*lines: str, kind: str = "freeze-imposed") -> str:
    """A step whose event is said by these lines."""
    return LOG + f'[step.x]\n[[step.x.events]]\nis = "{kind}"\n' + "\n".join(lines) + "\n"


def said(old: str, new: str) -> str:
    """The desk's mapping with a line of its `[log]` replaced."""
    assert f"\n{old}" in LOG
    return re.sub(rf"\n{re.escape(old)}.*", lambda _: f"\n{new}", LOG) + STEPS


GROUND = 'with.ground = "incident"'
SCOPE = 'with.scope.capabilities = ["card"]'
BAD = [
    # mapping                                         | key                            | what it says
    ("[log",                                            "",                              "is not TOML: "),
    ("",                                                "log",                           "is missing: it takes a table"),
    ("log = 1",                                         "log",                           "cannot be `1`: it takes a table"),
    ("[log]\n[step]\n",                                 "step",                          "is empty: say what at least one kind of row stands for"),
    (LOG + STEPS + "[more]",                            "more",                          "means nothing here: it takes `log`, `step`"),
    (said("name =", ""),                                "log.name",                      "is missing: it takes a text"),
    (said("name =", "name = 7"),                        "log.name",                      "cannot be `7`: it takes a text"),
    (said("name =", 'name = ""'),                       "log.name",                      "cannot be empty: it takes a text"),
    (said("name =", 'name = "a\\nb"'),                  "log.name",                      "takes one printable line of up to 200 characters"),
    (said("name =", 'name = "x"\ncolour = "red"'),      "log.colour",                    "means nothing here: it takes `account`, `actor`, `begins`"),
    (said("case =", "case = []"),                       "log.case",                      "cannot be `[]`: it takes a list of texts"),
    (said("case =", "case = [1]"),                      "log.case",                      "cannot be `[1]`: it takes a list of texts"),
    (said("case =", 'case = "account"'),                "log.case",                      'cannot be `account`: it takes a list of columns, or one of "row"'),
    (said("case =", 'case = "row"'),                    "log.id",                        'must be "content" where every row is a case of its own'),
    (said("id =", 'id = "seq"'),                        "log.id",                        'cannot be `seq`: it takes a list of columns, or one of "ordinal", "content"'),
    (said("order =", 'order = "time"'),                 "log.order",                     'cannot be `time`: it takes a list of columns, or one of "file"'),
    (said("order =", 'order = ["id"]\ntogether = true'), "log.together",                 'needs `order = "file"` and `case` columns'),
    (said("order =", 'order = ["id"]\ntogether = 1'),   "log.together",                  "cannot be `1`: it takes true or false"),
    (said("kind =", ""),                                "log.kind",                      "is missing: name the column that tells the steps apart"),
    (said("time =", 'time = { column = "t", take = "hour" }'), "log.time.take",          "cannot be `hour`: it takes one of `instant`, `local-date`"),
    (said("time =", 'time = { column = "t", zone = "Mars/Base" }'), "log.time.zone",     "cannot be `Mars/Base`: it takes an IANA name, such as `UTC`"),
    (said("time =", 'time = { column = "t", grain = "s" }'), "log.time.grain",           "means nothing here: it takes `column`, `format`, `take`, `zone`"),
    (said("actor =", 'actor = { kind = "robot", id = "x" }'), "log.actor.kind",          "cannot be `robot`: it takes one of `system`, `staff`"),
    (said("actor =", 'actor = { kind = "staff" }'),     "log.actor.id",                  'is missing: it takes a text, or `{ column = "..." }`'),
    (said("actor =", 'actor = { kind = "staff", id = { units = "1" } }'), "log.actor.id", 'takes a plain value, `{ column = "..." }` or'),
    (said("skip =", 'begins = "anywhere"'),             "log.begins",                    "cannot be `anywhere`: it takes one of `with-a-freeze`, `elsewhere`"),
    (LOG + ONE + "[step.y]\n",                          "step.y.events",                 "is missing: it takes tables, as `[[step.y.events]]`"),
    (LOG + ONE + "[step.y]\nevents = []\n",             "step.y.events",                 "takes one table or more, as `[[step.y.events]]`"),
    (LOG + ONE.replace("[step.x]", '[step.x]\nanswers = "y"'), "step.x.answers",         "cannot be `y`: it takes one of `x`"),
    (LOG + ONE.replace("[step.x]", '[step.x]\nrole = "given"'), "step.x.role",           "means nothing here: it takes `answers`, `events`"),
    (with_(kind="freeze-thawed"),                       "step.x.events[1].is",           "cannot be `freeze-thawed`: it takes one of `freeze-imposed`"),
    (with_(),                                           "step.x.events[1].with.ground",  "is missing: a `FreezeImposed` cannot do without"),
    (with_(GROUND),                                     "step.x.events[1].with.scope",   "is missing: a `FreezeImposed` cannot do without"),
    (with_(GROUND, "with.scope.amount.units = '1'", "with.scope.capabilities = ['card']"), "step.x.events[1].with.scope.amount.asset", "is missing: a `Amount` cannot do without"),
    (with_(GROUND, SCOPE, "with.colour = 'red'"),       "step.x.events[1].with.colour",  "means nothing here: it takes `account`, `by`, `contracted_at`"),
    (with_(GROUND, SCOPE, "with.reason = 1.5"),         "step.x.events[1].with.reason",  "cannot be `1.5`: it takes a text, a whole number or a flag"),
    (with_(GROUND, SCOPE, "with.reason = 7"),           "step.x.events[1].with.reason",  "FreezeImposed.reason cannot be `7`: it takes text"),
    (with_(GROUND, SCOPE, "with.incident = 'A B'"),     "step.x.events[1].with.incident", "FreezeImposed.incident cannot be `'A B'`: lower-case words"),
    (with_(GROUND, SCOPE, "with.reason = { text = 'x' }"), "step.x.events[1].with.reason", 'takes a plain value, `{ column = "..." }` or `{ from = "..." }`'),
    (with_("with.ground = 'boredom'", SCOPE),           "step.x.events[1].with.ground",  "FreezeImposed.ground cannot be `'boredom'`: it takes one of"),
    (with_(GROUND, "with.scope.capabilities = ['fly']"), "step.x.events[1].with.scope.capabilities", "Scope.capabilities cannot be `['fly']`"),
    (with_(GROUND, "with.scope.capabilities = [[1]]"),  "step.x.events[1].with.scope.capabilities[1]", "cannot be `[1]`: it takes a text"),
    (with_(SCOPE, 'with.ground = { column = "g", values = { a = "b" } }'), "step.x.events[1].with.ground", "FreezeImposed.ground cannot be `'b'`"),
    (with_(SCOPE, 'with.ground = { column = "g", default = "b" }'), "step.x.events[1].with.ground", "FreezeImposed.ground cannot be `'b'`"),
    (with_(SCOPE, 'with.ground = { column = "g", otherwise = "incident" }'), "step.x.events[1].with.ground.otherwise", "goes with `values`"),
    (with_(SCOPE, 'with.ground = { column = "g", default = 1.5 }'), "step.x.events[1].with.ground.default", "cannot be `1.5`: it takes a text"),
    (with_(SCOPE, 'with.ground = { column = "g", values = ["a"] }'), "step.x.events[1].with.ground.values", "cannot be `['a']`: it takes a table"),
    (with_(SCOPE, 'with.ground = { column = "g", as = "date" }'), "step.x.events[1].with.ground.as", "cannot be `date`: it takes one of `text`, `slug`"),
    (with_(SCOPE, 'with.ground = { column = "g", scale = -1 }'), "step.x.events[1].with.ground.scale", "cannot be `-1`: it takes zero or more"),
    (with_(SCOPE, 'with.ground = { column = "g", of = "log" }'), "step.x.events[1].with.ground.of", "cannot be `log`: it takes one of `row`, `case`"),
    (with_(SCOPE, 'with.ground = { column = "g", zone = "Moon" }'), "step.x.events[1].with.ground.zone", "cannot be `Moon`: it takes an IANA name, such as `UTC`"),
    (with_(SCOPE, 'with.ground = { column = "g", if = 1 }'), "step.x.events[1].with.ground.if", "means nothing here: it takes `as`, `column`"),
    (with_(SCOPE, 'with.ground = { from = "stars" }'),  "step.x.events[1].with.ground.from", "cannot be `stars`: it takes one of `account`, `case`"),
    (with_(GROUND, SCOPE, "when = { allowed = 1 }"),    "step.x.events[1].when.allowed", "cannot be `1`: it takes true or false"),
    (with_(GROUND, SCOPE, 'when = { column = "a" }'),   "step.x.events[1].when.column",  "goes with `filled`, `is` or `is_not`, and they with it"),
    (with_(GROUND, SCOPE, 'when = { is = ["a"] }'),     "step.x.events[1].when.column",  "goes with `filled`, `is` or `is_not`, and they with it"),
    (with_(GROUND, SCOPE, 'when = { status = ["melted"] }'), "step.x.events[1].when.status", "cannot be `melted`: it takes one of `unopened`, `in_force`"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "key", "words"), BAD, ids=[f"{b[1]}: {b[2][:30]}" for b in BAD])
def test_a_mistake_is_named_with_file_key_and_what_is_allowed(
    text: str, key: str, words: str
) -> None:
    with pytest.raises(errors.BadMapping) as bad:
        read_mapping(text, "desk.toml")

    place = "mapping `desk.toml`" + (f": `{key}`" if key else "")
    assert str(bad.value).startswith(f"{place} {words}")
    assert (bad.value.__dict__["file"], bad.value.__dict__["key"]) == ("desk.toml", key)


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "cannot be read: No such file or directory"), (b"\xff", "is not UTF-8 text")],
)
def test_a_mapping_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    path = tmp_path / "map.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(errors.BadMapping) as bad:
        load_mapping(path)

    assert str(bad.value) == f"mapping `{path}` {words}"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_mappings(path: Path) -> None:
    mapping = load_mapping(path)

    assert mapping.outcomes
    assert path.read_text(encoding="utf-8").startswith("# How ")


def test_the_four_examples_are_there() -> None:
    assert [path.stem for path in EXAMPLES] == ["cfpb", "road-traffic", "usdt", "wikipedia"]


def test_a_mapping_is_a_value() -> None:
    """What is not said has a default; what every event with an actor is given need not be said."""
    mapping = desk()
    freeze, take = mapping.steps["freeze"].events[0], mapping.steps["take"].events[0]

    assert mapping == desk()
    assert (mapping.name, mapping.file, mapping.id) == ("desk", "desk.toml", ("id",))
    assert (mapping.account, mapping.time) == (
        Known(Told.CASE),
        Cell(column="time", take=Take.INSTANT),
    )
    assert mapping.actor == By(
        kind=ActorKind.STAFF,
        id=Cell(column="who", default="unknown"),
    )
    assert freeze.kind is FreezeImposed
    assert (freeze.fields["account"], freeze.fields["by"]) == (
        Known(Told.ACCOUNT),
        Known(Told.ACTOR),
    )
    scope = freeze.fields["scope"]
    assert isinstance(scope, Made)
    assert scope.fields["capabilities"] == Several((Constant("transfer"),))
    assert take.fields["amount"] == Made(
        type_of(take.fields["amount"]),
        {
            "units": Cell(column="amount", take=Take.DECIMAL, scale=6),
            "asset": Constant("USDT"),
        },
    )
    assert mapping.columns == {"id", "time", "account", "what", "who", "amount", "until"}


def type_of(field: object) -> type[object]:
    assert isinstance(field, Made)
    kind: type[object] = field.kind
    return kind


def test_everything_that_may_be_said_is_read() -> None:
    mapping = read_mapping("""
[log]
name = "all"
case = ["a", "b"]
account = { column = "acct" }
id = "ordinal"
together = true
expects = ["e"]
begins = "elsewhere"
time = { column = "t", take = "local-date", format = "%d.%m.%Y" }
actor = { kind = "system", id = "clock", roles = ["night"] }
[step.only]
[[step.only.events]]
is = "appeal-filed"
when = { column = "w", is = ["1"], is_not = ["2"], filled = true, status = ["upheld"], allowed = true, otherwise = true }
at = { column = "at", zone = "Europe/Rome" }
actor = { kind = "customer", id = { from = "account" } }
with.contests = { from = "version" }
with.route = "appeal"
with.level = { column = "l", values = { x = "internal-review" }, otherwise = "external-body" }
with.statement = { column = "s", default = "nothing", of = "case" }
""")
    (outcome,) = mapping.outcomes

    assert (mapping.case, mapping.id, mapping.order) == (("a", "b"), Identity.ORDINAL, ())
    assert (mapping.together, mapping.kind, mapping.expects) == (True, None, ("e",))
    assert mapping.begins_with_a_freeze is False
    assert mapping.actor == By(kind=ActorKind.SYSTEM, id=Constant("clock"), roles=("night",))
    assert outcome.kind is AppealFiled
    assert outcome.when == When(
        column="w",
        filled=True,
        among=("1",),
        without=("2",),
        status=(Status.UPHELD,),
        allowed=True,
        otherwise=True,
    )
    assert outcome.at == Cell(column="at", take=Take.INSTANT, moment=Moment(zone="Europe/Rome"))
    assert mapping.columns == {"a", "b", "acct", "e", "t", "w", "at", "l", "s"}
