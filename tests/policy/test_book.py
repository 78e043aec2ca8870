"""Which policy judges which case: policies by date, and policies that packages ship."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count, permutations
from pathlib import Path
from uuid import UUID

import attrs
import pytest

from freezecase.app.record import Record
from freezecase.casebook import Casebook
from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.ruling import PolicyRef
from freezecase.core.values import Channel, Ground, Scope
from freezecase.errors import BadPolicy, NoPolicy, PolicyClash, PolicyForbids
from freezecase.policy.book import GROUP, Edition, PolicyBook, installed_policies
from freezecase.policy.effective import Anchor, Anchors, Effective
from freezecase.policy.gate import Answer, forbid, gate
from freezecase.policy.policy import Policy
from freezecase.policy.question import Question
from freezecase.policy.standard import standard
from tests.policy.some_rules import MUTE, NO, YES, policy

JUNE, JULY, AUGUST = (datetime(2026, month, 1, tzinfo=UTC) for month in (6, 7, 8))
A_DAY, A_MOMENT = timedelta(days=1), timedelta(microseconds=1)
OLD, NEW = policy(YES), policy(YES, NO, version=2)


def at(instant: datetime) -> Anchors:
    """Return the dates of a case of which everything happens now."""
    return Anchors.all_at(instant)


# --- policies by date ----------------------------------------------------------------------------


def test_a_policy_that_is_not_dated_holds_for_ever() -> None:
    """It is the policy itself."""
    one = PolicyBook.of(OLD)
    assert one.in_force(at(datetime.min.replace(tzinfo=UTC))) is OLD
    assert one.in_force(at(JULY)) is OLD


def test_the_policy_that_began_last_holds() -> None:
    """Whatever the order in which they are given; the older ones stay for what they ruled."""
    newest = NEW.named("p", 3)
    editions: tuple[Policy | Edition, ...] = (
        *(OLD, Edition(NEW, Effective(since=JUNE)), Edition(newest, Effective(since=JULY))),
    )
    for several in permutations(editions):
        whole = PolicyBook.of(*several)
        assert [OLD, NEW, NEW, newest, newest] == [
            whole.in_force(at(day))
            for day in (JUNE - A_MOMENT, JUNE, JULY - A_MOMENT, JULY, AUGUST)
        ]
        assert [whole.named(one.ref) for one in (OLD, NEW, newest)] == [OLD, NEW, newest]


def test_a_policy_that_ended_holds_no_more() -> None:
    """What began before it does again; where nothing did, nobody judges."""
    summer = Edition(NEW, Effective(since=JUNE, until=AUGUST))
    assert PolicyBook.of(OLD, summer).in_force(at(AUGUST)) is OLD
    for day in (JUNE - A_MOMENT, AUGUST):
        with pytest.raises(NoPolicy, match=r"no policy in force at 2026-.*: known are `p 2`"):
            PolicyBook.of(summer).in_force(at(day))


def test_of_two_that_began_together_the_higher_version_holds() -> None:
    """So an old version may stay in the book, for the rulings that it made."""
    assert PolicyBook.of(NEW, OLD).in_force(at(JULY)) is NEW
    assert PolicyBook.of(OLD, NEW).in_force(at(JULY)) is NEW


def test_two_of_which_nobody_could_say_which_holds_are_refused() -> None:
    """Two houses' policies that both hold for ever, in one version."""
    message = (
        "policies `p` and `q`, both version 1, are in force from the same day: "
        "let one begin later, or give it a higher version$"
    )
    with pytest.raises(BadPolicy, match=message):
        PolicyBook.of(OLD, OLD.named("q"))
    with pytest.raises(BadPolicy, match=message):
        PolicyBook.of(*(Edition(one, Effective(since=JULY)) for one in (OLD, OLD.named("q"))))


def test_one_policy_may_begin_by_two_dates() -> None:
    """For whoever signed from then on, and for whoever complains from then on."""
    both = [
        Edition(NEW, Effective(since=JULY, anchor=one)) for one in (Anchor.REPORT, Anchor.RECORD)
    ]
    whole = PolicyBook.of(OLD, *both)
    assert whole.in_force(attrs.evolve(at(JUNE), report=JULY)) is NEW
    assert whole.in_force(attrs.evolve(at(JUNE), record=JULY)) is NEW
    assert whole.in_force(attrs.evolve(at(JUNE), trigger=JULY)) is OLD


def test_two_policies_under_one_name_and_version_clash() -> None:
    """What changed takes a new version; the same one twice is no harm."""
    other = policy(YES, MUTE)
    with pytest.raises(PolicyClash, match="two policies are named `p` version 1") as clash:
        PolicyBook.of(OLD, Edition(other, Effective(since=JULY)))
    assert (clash.value.name, clash.value.version) == ("p", 1)
    assert all(one.ref.digest in str(clash.value) for one in (OLD, other))
    with pytest.raises(PolicyClash):
        PolicyBook.of(OLD).adding(other)
    assert len(PolicyBook.of(OLD).adding(policy(YES)).editions) == 2


def test_a_book_holds_a_policy() -> None:
    """An empty one would judge nothing."""
    with pytest.raises(BadPolicy, match=r"^a policy book takes at least one policy$"):
        PolicyBook.of()


def test_a_policy_is_found_by_what_a_ruling_stored_of_it() -> None:
    """To the letter: name, version and digest."""
    whole = PolicyBook.of(OLD, Edition(NEW, Effective(since=JULY)))
    assert whole.named(NEW.ref) is NEW
    lost = PolicyRef(name="p", version=1, digest="sha256:" + "0" * 64)
    with pytest.raises(NoPolicy, match=r"`p` version 1 with digest `sha256:0+`: known are `p 1`"):
        whole.named(lost)


def test_a_book_is_changed_policy_by_policy() -> None:
    """The dates stay."""
    july = Effective(since=JULY)
    whole = PolicyBook.of(OLD, Edition(NEW, july)).mapped(lambda one: one.adding(MUTE))
    assert whole == PolicyBook.of(OLD.adding(MUTE), Edition(NEW.adding(MUTE), july))


# --- rules by date -------------------------------------------------------------------------------


@pytest.mark.parametrize("anchor", Anchor)
def test_a_dated_rule_is_asked_from_its_day_on(anchor: Anchor) -> None:
    """The policy goes by the same name, version and digest on every day."""
    dated = policy(YES, attrs.evolve(NO, effective=Effective(since=JULY, anchor=anchor)))
    whole = PolicyBook.of(dated)
    before, after = whole.in_force(at(JUNE)), whole.in_force(at(JULY))
    assert [one.id for one in before.rules] == ["yes"]
    assert [one.id for one in after.rules] == ["no", "yes"]
    assert dated.ref == before.ref == after.ref != policy(YES).ref
    assert whole.in_force(attrs.evolve(at(JUNE), **{anchor.value: JULY})).rules == after.rules
    assert dated.on(at(JUNE)) is before  # it is made once
    beside = PolicyBook.of(dated, Edition(NEW, Effective(since=AUGUST)))
    assert beside.in_force(at(JUNE)) is before


def test_a_policy_without_dates_is_the_same_on_every_day() -> None:
    """Nothing is made anew for it."""
    assert OLD.on(at(JUNE)) is OLD


# --- in a casebook -------------------------------------------------------------------------------

OWNER, ENGINE, ANA = Actor.customer("acct-1"), Actor.system("engine"), Actor.staff("ana")


class SomeDays:
    """A clock that is set by hand."""

    def __init__(self, day: datetime) -> None:
        self.day, self._ids = day, count(1)

    def now(self) -> datetime:
        return self.day

    def new_id(self) -> UUID:
        return UUID(int=next(self._ids))


@gate("nobody-upholds", on=[do.UpholdFreeze])
def nobody_upholds(_question: Question) -> Answer:
    """Freezes do not stand."""
    return forbid("not any more")


STRICTER = standard().adding(nobody_upholds).named("stricter")


def asked_to_uphold(anchor: Anchor, contracted_at: datetime | None, *, reports: bool) -> Record:
    """Freeze in June, decide in July when the law has changed by that anchor; what was recorded."""
    law = PolicyBook.of(standard(), Edition(STRICTER, Effective(since=JULY, anchor=anchor)))
    days = SomeDays(JUNE)
    with Casebook.open("memory:", policy=law, clock=days) as book:
        freeze = do.ImposeFreeze(
            account="acct-1",
            ground=Ground.AML_ALERT,
            scope=Scope.withdrawals(),
            contracted_at=contracted_at,
        )
        case = book.execute(freeze, by=ENGINE).case.id
        days.day = JULY
        if reports:
            book.execute(do.RecordContact(case, channel=Channel.PHONE), by=OWNER)
        days.day = JULY + A_DAY
        with suppress(PolicyForbids):
            book.execute(do.UpholdFreeze(case, reason="it is sound"), by=ANA)
        asked = (one for one in book.history(case) if isinstance(one.command, do.UpholdFreeze))
        return next(asked)


# the law of July binds | contracted | the customer called in July | does the freeze stand
CHANGES = [
    (Anchor.TRIGGER, None, False, False),  # whatever is decided from then on
    (Anchor.RECORD, None, False, True),  # cases that are opened from then on
    (Anchor.CONTRACT, None, False, True),  # contracts from then on: not known, so that of opening
    (Anchor.CONTRACT, JULY, False, False),
    (Anchor.CONTRACT, JULY - A_MOMENT, False, True),
    (Anchor.REPORT, None, False, True),  # whoever complains from then on
    (Anchor.REPORT, None, True, False),
]


@pytest.mark.parametrize(("anchor", "contracted_at", "reports", "stands"), CHANGES)
def test_a_case_from_before_the_change_keeps_what_the_anchor_says(
    anchor: Anchor, contracted_at: datetime | None, reports: bool, stands: bool
) -> None:
    """And the stored ruling names policy, version and digest."""
    record = asked_to_uphold(anchor, contracted_at, reports=reports)
    ruling = record.ruling
    assert ruling is not None
    assert record.kind == ("freeze-upheld" if stands else "attempt-refused")
    assert ruling.allowed is stands
    assert ruling.policy == (standard() if stands else STRICTER).ref


# --- policies that packages ship -----------------------------------------------------------------

MODULE = """
from freezecase.policy.book import Edition
from freezecase.policy.effective import Effective
from freezecase.policy.gate import ALLOW, gate
from freezecase.policy.policy import Policy

@gate("yes")
def yes(question):
    return ALLOW

@gate("too")
def too(question):
    return ALLOW

ONE = Policy("shipped", 1, [yes])
TWO = Edition(Policy("shipped", 2, [yes, too]), Effective())
OTHER = Policy("shipped", 1, [too])
BOTH = [ONE, TWO]
CLASH = (ONE, OTHER)
NONE, NUMBER, SOME = (), 7, [ONE, 7]

def made():
    return BOTH

def broken():
    raise RuntimeError("no disk")
"""


class Shelf:
    """A folder with installed packages in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(self, package: str, **points: str) -> str:
        """Install a package that ships policies; return the name of its module."""
        module = f"shipped_{package}_{self.folder.name}".replace("-", "_")
        (self.folder / f"{module}.py").write_text(MODULE, encoding="utf-8")
        about = self.folder / f"{package}-1.0.dist-info"
        about.mkdir()
        about.joinpath("METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\n")
        lines = [f"{name} = {what.format(module)}" for name, what in points.items()]
        about.joinpath("entry_points.txt").write_text("\n".join([f"[{GROUP}]", *lines, ""]))
        return module


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    monkeypatch.syspath_prepend(tmp_path)
    return Shelf(tmp_path)


@pytest.mark.parametrize(
    ("what", "versions"), [("ONE", [1]), ("TWO", [2]), ("BOTH", [1, 2]), ("made", [1, 2])]
)
def test_a_package_ships_policies_under_a_name(
    shelf: Shelf, what: str, versions: list[int]
) -> None:
    """One, an edition, several, or a function that returns any of these."""
    shelf.install("acme", acme=f"{{}}:{what}")
    found = installed_policies()["acme"]
    assert [(one.policy.name, one.policy.version) for one in found] == [
        ("shipped", version) for version in versions
    ]
    assert PolicyBook.of(*found).in_force(at(JULY)).version == versions[-1]


def test_packages_ship_beside_one_another(shelf: Shelf) -> None:
    """Nothing is used only because it is installed."""
    shelf.install("acme", acme="{}:ONE", later="{}:TWO")
    shelf.install("other", other="{}:ONE")
    assert {"acme", "later", "other"} <= installed_policies().keys()
    assert installed_policies("freezecase.nothing") == {}


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("{}:gone", "cannot be loaded: AttributeError: module .* has no attribute 'gone'"),
        ("not_there_{}:ONE", "cannot be loaded: ModuleNotFoundError: No module named 'not_there_"),
        ("{}:broken", "cannot be loaded: RuntimeError: no disk"),
        ("{}:Policy", "cannot be loaded: TypeError"),
        ("{}:NUMBER", "is a `int`: it takes policies or editions"),
        ("{}:MODULE", "cannot be loaded: AttributeError"),
        ("{}:NONE", "holds nothing: it takes policies or editions"),
        ("{}:SOME", "holds a `int`: it takes policies or editions"),
    ],
)
def test_a_package_that_ships_something_else_is_named(
    shelf: Shelf, what: str, message: str
) -> None:
    """With the entry point, so that one knows where to look."""
    module = shelf.install("acme", acme=what)
    named = f"entry point `acme` = `{what.format(module)}` {message}"
    with pytest.raises(BadPolicy, match=named):
        installed_policies()


@pytest.mark.parametrize("points", [{"acme": "{}:CLASH"}, {"acme": "{}:ONE", "b": "{}:OTHER"}])
def test_policies_that_clash_are_found_when_they_are_looked_for(
    shelf: Shelf, points: dict[str, str]
) -> None:
    """Of one package, or of two."""
    shelf.install("acme", **points)
    with pytest.raises(PolicyClash, match="two policies are named `shipped` version 1"):
        installed_policies()


def test_two_packages_do_not_ship_under_one_name(shelf: Shelf) -> None:
    """Nobody could say which is meant."""
    shelf.install("acme", house="{}:ONE")
    shelf.install("other", house="{}:TWO")
    with pytest.raises(BadPolicy, match="two packages ship policies as `house`: uninstall one"):
        installed_policies()
