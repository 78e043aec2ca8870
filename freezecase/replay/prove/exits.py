"""
The way out, and who can do what they owe: read off the graphs that were explored.

A way out takes moves of the house alone, while the customer is silent and the court is too, and
while any one of the people in the case has left. Facts are the adversary's: whatever the host says
of a case, and goes on saying, there is a way.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import product
from typing import Final

from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.actors import ActorKind
from freezecase.core.commands import Command
from freezecase.core.commands import asked as in_words
from freezecase.core.obligations import Key
from freezecase.core.ruling import Fact
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.core.values import Person
from freezecase.replay.prove.asking import GROUND, Mover, fits
from freezecase.replay.prove.bounds import NO_ROLES
from freezecase.replay.prove.explorer import Explorer
from freezecase.replay.prove.flaws import Flaw, Spot
from freezecase.replay.prove.graph import Edge, Graph
from freezecase.replay.prove.people import HOUSE, staff_among

__all__ = ["Shut", "bot_loops", "cannot_act", "final", "no_way_out", "over", "shut"]

Shut = frozenset[type[Command]]
"""Commands that may be refused for good by what lies in another slice."""
_Node = tuple[int, Person | None]
"""A state of a slice, and who has left."""


def no_way_out(
    explorer: Explorer, told: Mapping[str, Mapping[str, set[Fact]]], shut: Shut
) -> Iterator[Spot]:
    """
    Yield the states that the house cannot lead to an end, whoever left; the first of each slice.

    *told* is what the house was told by the host when it asked for something, slice by slice.
    """
    for graph in explorer.graphs.values():
        for said in _valuations(told.get(graph.slice.name, {})):
            open_ = partial(_open_to, graph=graph, said=said, shut=shut)
            stuck = _cut_off(graph, partial(_ended, graph), open_)
            if stuck:
                at, gone = min(stuck, key=lambda node: (node[0], node[1] or ""))
                facts = {name: value for name, value in said.items() if name != GROUND}
                says = _told(graph, at, gone, facts)
                yield Spot(Flaw.NO_WAY_OUT, says, graph.slice.name, at, away=gone, facts=facts)
                break


def shut(explorer: Explorer) -> Shut:
    """
    Return the commands that may be refused for good by what lies in another slice.

    Of each that rules refuse by what lies in a slice, it is asked whether the house can always make
    way for it there: by moves that wait for nothing elsewhere, or only for what it can bring about.
    """
    graphs = [graph for graph in explorer.graphs.values() if graph.more]
    closed = {type(one) for graph in graphs for one in graph.more}
    while True:
        opens = {
            kind
            for kind in closed
            if all(_made_way_for(graph, kind, frozenset(closed)) for graph in graphs)
        }
        if not opens:
            return frozenset(closed)
        closed -= opens


def _made_way_for(graph: Graph, kind: type[Command], closed: Shut) -> bool:
    command = next((one for one in graph.more if isinstance(one, kind)), None)
    if command is None:
        return True
    open_ = partial(_open_to, graph=graph, said={}, shut=closed)

    def allowed(node: _Node) -> bool:
        return any(
            isinstance(edge.step.asked.command, kind)
            and edge.step.asked.mover.kind in HOUSE
            and edge.step.asked.mover.person != node[1]
            for edge in graph.edges[node[0]]
        )

    stuck = _cut_off(graph, allowed, open_)
    return not any(_waits_for(graph.states[at], command) for at, _ in stuck)


def _waits_for(state: CaseState, command: Command) -> bool:
    """Say whether a command could happen to a restricted case, if only rules allowed it."""
    return state.scope is not None and fits(command, state)


def _told(graph: Graph, at: int, gone: Person | None, said: Mapping[str, Fact]) -> str:
    status = graph.states[at].status
    when = "while somebody who acted in it is away" if gone else "whoever acts"
    facts = ", ".join(f"{name} is `{value}`" for name, value in said.items())
    given = f", if {facts}" if facts else ""
    return f"a case that is `{status}` cannot be brought to an end by the house {when}{given}"


def _valuations(told: Mapping[str, set[Fact]]) -> Iterator[dict[str, Fact]]:
    """Yield everything that the host may say of a case and go on saying."""
    names = sorted(told)
    for said in product(*(sorted(told[name], key=str) for name in names)):
        yield dict(zip(names, said, strict=True))


def _open_to(edge: Edge, *, graph: Graph, said: Mapping[str, Fact], shut: Shut) -> bool:
    """Say whether a move is the house's to make when this is said of the case."""
    asked = edge.step.asked
    if asked.mover.kind not in HOUSE or edge.step.missed is not None:
        return False
    if type(asked.command) in shut:
        return False
    if edge.step.slice != graph.slice.name or not said:
        return True
    as_said = all(said.get(name) == value for name, value in asked.facts.items())
    return as_said and not asked.unsaid & said.keys()


def _cut_off(
    graph: Graph, goal: Callable[[_Node], bool], usable: Callable[[Edge], bool]
) -> set[_Node]:
    """Return the nodes from which no goal is reached."""
    nodes: list[_Node] = []
    back: dict[_Node, list[_Node]] = defaultdict(list)
    for at, state in enumerate(graph.states):
        edges = [edge for edge in graph.edges[at] if usable(edge)]
        for gone in (None, *staff_among(graph.slice.people(state))):
            nodes.append((at, gone))
            for edge in edges:
                if edge.step.asked.mover.person != gone:
                    after = edge.names.get(gone) if gone else None
                    back[edge.target, after].append((at, gone))
    out = {node for node in nodes if goal(node)}
    waiting = deque(out)
    while waiting:
        for before in back[waiting.popleft()]:
            if before not in out:
                out.add(before)
                waiting.append(before)
    return set(nodes) - out


def _ended(graph: Graph, node: _Node) -> bool:
    return over(graph.states[node[0]])


def over(state: CaseState) -> bool:
    """Say whether a case has come to a release or to its end."""
    return state.scope is None or state.status in {Status.RELEASED, Status.CLOSED}


# --- who can do what they owe --------------------------------------------------------------------

_MOVES: Final = 3
"""How many moves of their own somebody may need: to take a case, to open it, to decide."""


def cannot_act(explorer: Explorer, graph: Graph, shut: Shut) -> Iterator[Spot]:
    """Yield the duties that whoever owes them cannot do, on any rung of their ladder."""
    for at, state in enumerate(graph.states):
        for key, owed in state.obligations.items():
            if explorer.homes.home(key[0]) != graph.slice.name or owed.demand.right:
                continue
            for rung in owed.demand.ladder:
                if not _can(graph, at, key, rung.debtor, shut):
                    says = f"`{rung.debtor}` owes `{key[0]}` and cannot do it"
                    about = (rung.debtor, *key)
                    yield Spot(Flaw.CANNOT_ACT, says, graph.slice.name, at, about=about)


def _can(graph: Graph, at: int, key: Key, debtor: str, shut: Shut) -> bool:
    seen, here = {at}, [at]
    for _ in range(_MOVES):
        following: list[int] = []
        for one in here:
            for edge in graph.edges[one]:
                asked = edge.step.asked
                if type(asked.command) in shut or edge.step.missed is not None:
                    continue
                if _suits(debtor, asked.mover):
                    if key in edge.ended:
                        return True
                    if edge.target not in seen:
                        seen.add(edge.target)
                        following.append(edge.target)
        here = following
    return False


def _suits(debtor: str, mover: Mover) -> bool:
    """Say whether somebody who stands for *debtor* may be who made a move."""
    kinds = NO_ROLES.get(debtor)
    if kinds is not None:
        return mover.kind in kinds and not mover.roles
    if mover.kind is not ActorKind.STAFF or debtor in mover.without:
        return False
    return mover.roles <= ({debtor} if not debtor.startswith("@") else set())


# --- decisions that cannot be contested, and machines that never stop ---------------------------

_AGAINST: Final = (
    *(e.FreezeUpheld, e.FreezeRenewed, e.ScopeWidened, e.ReleaseRefused, e.AppealRejected),
    *(e.CheckFailed, e.AccountOffboarded, e.FundsForfeited),
)
"""Decisions against the customer."""
_LATER: Final = frozenset({Status.APPEALED, Status.RELEASING, Status.CLOSED})
"""Where an appeal is heard already, or can be filed as soon as what is under way is through."""


def final(graph: Graph) -> Iterator[Spot]:
    """Yield the decisions against the customer that the customer cannot contest."""
    for at, edges in enumerate(graph.edges):
        for edge in edges:
            decision = _against(edge)
            state = graph.states[edge.target]
            barred = decision is None or state.next_level is None
            if not barred and state.status not in _LATER and not _contested(graph, edge.target):
                says = f"after `{in_words(edge.step.asked.command)}` the customer cannot appeal"
                yield Spot(Flaw.FINAL, says, graph.slice.name, at, then=edge.step)


def _against(edge: Edge) -> e.CaseEvent | None:
    for event in edge.decided:
        if isinstance(event, _AGAINST) and (not isinstance(event, e.CheckFailed) or event.final):
            return event
    return None


def _contested(graph: Graph, at: int) -> bool:
    return any(
        edge.step.asked.mover.kind is ActorKind.CUSTOMER
        and isinstance(edge.step.asked.command, do.FileAppeal)
        for edge in graph.edges[at]
    )


def bot_loops(explorer: Explorer, graph: Graph) -> Iterator[Spot]:
    """Yield where machines go on answering and nobody owes a person, or a machine says one came."""
    most = explorer.bounds.bot_replies
    for at, state in enumerate(graph.states):
        human = {
            key for key, one in state.obligations.items() if frozenset(one.demand.met_by) == _HUMAN
        }
        for edge in graph.edges[at]:
            asked = edge.step.asked
            if asked.mover.kind is not ActorKind.SYSTEM or edge.step.missed is not None:
                continue
            circles = edge.target == at and state.bot_replies >= most and not human
            if circles and isinstance(asked.command, do.SendReply):
                says = "machines answer again and again, and nobody owes a person"
                yield Spot(Flaw.BOT_LOOP, says, graph.slice.name, at, asked)
            if human & edge.ended and isinstance(asked.command, _SIGNED_OFF):
                says = "a machine says that a person came"
                yield Spot(Flaw.BOT_LOOP, says, graph.slice.name, at, asked)


_HUMAN: Final = frozenset({"human-joined"})
_SIGNED_OFF: Final = (do.MeetObligation, do.WaiveObligation)
