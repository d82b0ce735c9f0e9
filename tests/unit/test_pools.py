"""The pools, with their sets, rankings and lists of wishes, against the plain way: ask everybody."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acd import pools as pools_module
from acd.agents import Agent
from acd.choice import RULES, Strategy
from acd.pools import Pools
from acd.queues import Call, Order
from acd.requirements import ANY, Requirement, parse

pytestmark = pytest.mark.unit

ASKED = [
    "any", "sales", "sales >= 5", "sales < 3", "support = 0", "not french", "sales or support >= 7",
    "language = cmn", "language != cmn", "language in (cmn, en) and sales", "team = night or language = en",
    "agent = 3", "agent in (1, 2) and sales >= 2", "agent != 4", "sales and (support or french) and team != night",
]  # fmt: skip


def an_agent(number: int, luck: Random) -> Agent:
    names = luck.sample(["sales", "support", "french"], luck.randint(0, 3))
    attributes = {"language": luck.choice(["cmn", "en", "yue"]), "team": luck.choice(["day", "night"])}
    return Agent(str(number), "", {name: luck.randint(1, 10) for name in names}, attributes=attributes)


def a_call(number: int, luck: Random) -> Call:
    entered_ms = luck.randrange(1_000)
    return Call(
        linkedid=f"call-{number}",
        queue="sales",
        priority=0,
        skills={},
        requires=ANY,
        data={},
        entered_ms=entered_ms,
        queued_ms=entered_ms,
        sequence=number,
        order=Order(entered_ms, entered_ms, number),
    )


class Floor:
    """Pools, and beside them lists that say the same in the plain way."""

    def __init__(self, luck: Random) -> None:
        self.luck = luck
        self.pools = Pools()
        self.agents = [an_agent(number, luck) for number in range(12)]
        self.present: list[Agent] = []
        self.free: list[Agent] = []
        self.waiting: list[tuple[Call, Requirement]] = []
        self.calls = 0

    def something_happens(self) -> None:
        agent = self.luck.choice(self.agents)
        match self.luck.randrange(7):
            case 0:
                self.pools.share({parse(text) for text in self.luck.sample(ASKED, 5)})
            case 1 if agent in self.present:
                self.goes(agent)
                changed = an_agent(int(agent.number), self.luck)
                agent.skills, agent.attributes = changed.skills, changed.attributes
            case 1 | 2:
                self.pools.arrived(agent)
                if agent not in self.present:
                    self.present.append(agent)
            case 3 if agent in self.free:
                self.free.remove(agent)
                self.pools.taken(agent)
            case 3 | 4 if agent in self.present and agent not in self.free:
                agent.ready_since_ms, agent.load = self.luck.randrange(9), self.luck.random()
                agent.offered_sequence = self.luck.randrange(9)
                self.free.append(agent)
                self.pools.freed(agent)
                if self.luck.random() < 0.7:
                    self.pools.rank()
            case 5 if self.waiting:
                call, _ = self.waiting.pop(self.luck.randrange(len(self.waiting)))
                call.pool = None
                if self.luck.random() < 0.5:  # it goes on to something else
                    self.waits(call)
            case _:
                self.calls += 1
                self.waits(a_call(self.calls, self.luck))

    def waits(self, call: Call) -> None:
        requirement = parse(self.luck.choice(ASKED))
        self.pools.wait(call, self.pools.pool(requirement))
        self.waiting.append((call, requirement))

    def goes(self, agent: Agent) -> None:
        if agent in self.free:
            self.free.remove(agent)
            self.pools.taken(agent)
        self.present.remove(agent)
        self.pools.gone(agent)

    def holds(self) -> None:
        for agent in self.present:
            able = [call for call, requirement in self.waiting if requirement.met_by(agent)]
            assert self.pools.next_for(agent) is min(able, key=lambda call: call.order, default=None)
        for requirement in map(parse, ASKED):
            pool = self.pools.pool(requirement)
            assert pool.present == sum(map(requirement.met_by, self.present))
            able_and_free = [agent for agent in self.free if requirement.met_by(agent)]
            assert self.pools.free_in(pool) == len(able_and_free)
            for strategy in Strategy:
                compared = sorted((RULES[strategy](agent, requirement.skills), agent.number) for agent in able_and_free)
                best = self.pools.best(pool, strategy, 3)
                assert [agent.number for _, agent in best] == [number for _, number in compared[:3]]
            here = [call for call, asked in self.waiting if asked is requirement]
            assert self.pools.waiting_for(requirement) == sorted(here, key=lambda call: call.order)


@settings(deadline=None, max_examples=60)
@given(st.randoms(use_true_random=False), st.sampled_from([4, 2_048]))
def test_pools_find_whom_asking_everybody_would_find(luck: Random, most_pools: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pools_module, "MOST_POOLS", most_pools)
        floor = Floor(luck)
        for _ in range(40):
            floor.something_happens()
            floor.holds()


def test_a_pool_that_loses_its_last_agent_is_told_of() -> None:
    pools, anna = Pools(), Agent("1001", "Anna", {"sales": 3})
    pools.arrived(anna)
    sales, french = pools.pool(parse("sales")), pools.pool(parse("french"))
    pools.gone(anna)
    assert pools.emptied == [sales]
    assert not french.members


def test_what_is_gone_from_long_lists_is_let_go_of() -> None:
    pools, anna = Pools(), Agent("1001", "Anna", {"sales": 3})
    pools.arrived(anna)
    pools.share([parse("sales")])
    luck, stays = Random(1), []
    for number in range(1_000):
        call = a_call(number, luck)
        pools.wait(call, pools.pool(parse("sales" if number % 2 else "sales >= 2")))
        if number % 100 < 2:
            stays.append(call)
        else:
            call.pool = None
        assert pools.next_for(anna) is min(stays, key=lambda call: call.order, default=None)
        pools.freed(anna)
        pools.rank()
        assert [agent for _, agent in pools.best(pools.pool(parse("sales")), Strategy.LONGEST_IDLE, 2)] == [anna]
        pools.taken(anna)
