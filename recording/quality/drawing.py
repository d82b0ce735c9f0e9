"""The draw, pure: rules and candidates in, calls for work lists out. Chance comes from the seed alone: every call has a
place for every rule, by the SHA-256 of seed, rule and call, so that a draw can be repeated and each call explained.

Of an agent's calls the first places are taken. The agents take turns, whoever was drawn least this month first, so that
where reviewers are few nobody's calls are passed over for another's second.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from recording.quality.conflicts import conflict
from recording.quality.evaluations import Person
from recording.quality.pacing import place_in_month, wanted
from recording.quality.sampling import Candidate, Drawing, Inputs, Lot, Pick, Reviewer, Rule, Where

CALLS, QUOTA, REVIEWERS = "calls", "quota", "reviewers"
"""Why a rule did not get what it wanted."""


def draw(inputs: Inputs) -> Drawing:
    """Apply every rule, in order."""
    run = _Run(inputs)
    for rule in inputs.rules.rules:
        run.apply(rule)
    return Drawing(picks=tuple(run.picks), lots=tuple(run.lots))


def misfit(candidate: Candidate, where: Where) -> str:
    """The first thing that does not fit; empty: all fits."""
    return next((name for name, fits in CONDITIONS.items() if not fits(candidate, where)), "")


def unready(candidate: Candidate, rule: Rule) -> str:
    """Why a rule does not look at this call in this draw, whatever it is about; empty: it does."""
    if rule.one_in is not None and not candidate.fresh:
        return "not fresh: an earlier draw has seen it"
    if rule.by_shift and not candidate.shift_over:
        return "not yet: its shift is not over"
    return ""


def place(seed: str, *parts: str) -> int:
    """A number from 0 to 2^64 - 1 that nobody can foresee without the seed."""
    return int.from_bytes(sha256("\0".join((seed, *parts)).encode()).digest()[:8])


def explain(inputs: Inputs, call: str) -> Iterator[str]:
    """What each rule made of a call, a sentence each."""
    candidates = [one for one in inputs.candidates if one.call == call]
    if not candidates:
        yield "The call was no candidate: not in the time looked back on, without recording, or drawn before."
        return
    drawing = draw(inputs)
    for rule in inputs.rules.rules:
        for candidate in candidates:
            yield f"{rule.name}: agent {candidate.agent}: {_explained(inputs, drawing, rule, candidate)}"


@dataclass(slots=True)
class _Share:
    """Candidates of one agent (and shift, or of a shift of all) in their places, and how many of them a rule wants."""

    agent: str
    shift: str
    candidates: list[Candidate]
    wanted: int
    got: int = 0
    short: str = ""


@dataclass(slots=True)
class _Run:
    inputs: Inputs
    picks: list[Pick] = field(default_factory=list)
    lots: list[Lot] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    month: Counter[str] = field(default_factory=Counter)
    by_rule: Counter[tuple[str, str]] = field(default_factory=Counter)
    given: Counter[str] = field(default_factory=Counter)

    @property
    def reviewers(self) -> list[Reviewer]:
        """Who gets what is drawn at all, absent or not."""
        return [one for one in self.inputs.reviewers if one.name not in self.inputs.rules.moderators]

    def __post_init__(self) -> None:
        for one in self.inputs.drawn:
            if one.this_month:
                self.month[one.agent] += 1
                self.by_rule[one.rule, one.agent] += 1

    def apply(self, rule: Rule) -> None:
        """Take what the rule wants, one of each agent and shift after the other."""
        shares = list(self._shares(rule))
        turns = sorted(
            ((turn, share) for share in shares for turn in range(share.wanted)),
            key=lambda one: (one[0], self.month[one[1].agent], self._place(rule, one[1].agent), one[1].shift),
        )
        for _, share in turns:
            if not share.short:
                self._take(rule, share)
        self.lots += [
            Lot(
                rule=rule.name,
                agent=share.agent,
                shift=share.shift,
                fitting=len(share.candidates),
                wanted=share.wanted,
                got=share.got,
                short=share.short,
            )
            for share in shares
        ]

    def _take(self, rule: Rule, share: _Share) -> None:
        free = [one for one in share.candidates if one.call not in self.taken]
        allowed = [one for one in free if self._within_limits(rule, one.agent)]
        able = next(((one, able) for one in self._by_turn(allowed) if (able := self._able(rule, one))), None)
        if not free:
            share.short = CALLS
        elif not allowed:
            share.short = QUOTA
        elif able is None and self.reviewers:
            share.short = REVIEWERS
        else:
            chosen, reviewer = self._by_turn(allowed)[0], None
            if able is not None:
                chosen, reviewer = able[0], self._least_loaded(able[1], able[0])
            self.picks.append(Pick(call=chosen.call, agent=chosen.agent, rule=rule.name, reviewer=reviewer))
            self.taken.add(chosen.call)
            self.month[chosen.agent] += 1
            self.by_rule[rule.name, chosen.agent] += 1
            share.got += 1

    def _within_limits(self, rule: Rule, agent: str) -> bool:
        limits = (
            (self.inputs.rules.most_per_agent_month, self.month[agent]),
            (rule.most_per_agent_month, self.by_rule[rule.name, agent]),
        )
        return all(limit is None or count < limit for limit, count in limits)

    def _by_turn(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        """In their places; of several agents, whoever was drawn least first."""
        return sorted(candidates, key=lambda one: self.month[one.agent])

    def _shares(self, rule: Rule) -> Iterator[_Share]:
        parts: dict[tuple[str, str], list[Candidate]] = {}
        for one in self.inputs.candidates:
            if one.call not in self.taken and not unready(one, rule) and not misfit(one, rule.where):
                agent = "" if rule.per_shift else one.agent
                parts.setdefault((agent, one.shift if rule.by_shift else ""), []).append(one)
        for (agent, shift), candidates in sorted(parts.items()):
            candidates.sort(key=lambda one: (self._place(rule, one.call), one.call))
            yield _Share(agent, shift, candidates, self._wanted(rule, agent, shift, len(candidates)))

    def _wanted(self, rule: Rule, agent: str, shift: str, calls: int) -> int:
        if rule.one_in is not None:
            # what is left over is drawn or not by chance, so that in the long run one in N is drawn
            left_over = self._place(rule, agent) % rule.one_in < calls % rule.one_in
            return calls // rule.one_in + left_over
        if rule.per_agent_month is not None:
            month, drawn = self.inputs.month, self.by_rule[rule.name, agent]
            begins = place_in_month(month, rule.name, agent)
            return wanted(rule.per_agent_month, drawn, month, self.inputs.planned.get(agent, ()), begins)
        before = sum(
            (one.rule, one.shift) == (rule.name, shift) and agent in ("", one.agent) for one in self.inputs.drawn
        )
        return max(0, (rule.per_agent_shift or rule.per_shift or 0) - before)

    def _able(self, rule: Rule, candidate: Candidate) -> list[Reviewer]:
        """Who may judge this agent, and can take more."""
        frame = self.inputs.rules
        return [
            one
            for one in self.reviewers
            if not one.absent
            and (not rule.reviewers or one.name in rule.reviewers)
            and not conflict(frame, one, one.team, candidate)
            and one.open + self.given[one.name] < frame.reviewer_open
            and one.today + self.given[one.name] < frame.reviewer_per_day
        ]

    def _least_loaded(self, able: Iterable[Reviewer], candidate: Candidate) -> Person:
        def load(one: Reviewer) -> tuple[int, int, str]:
            return one.open + self.given[one.name], place(self.inputs.seed, one.name, candidate.call), one.name

        chosen = min(able, key=load)
        self.given[chosen.name] += 1
        return Person(name=chosen.name, agent=chosen.agent)

    def _place(self, rule: Rule, name: str) -> int:
        return place(self.inputs.seed, rule.name, name)


def _explained(inputs: Inputs, drawing: Drawing, rule: Rule, candidate: Candidate) -> str:
    if wrong := misfit(candidate, rule.where):
        return f"not meant ({wrong})"
    picked = {one.call: one for one in drawing.picks}
    if (pick := picked.get(candidate.call)) is not None:
        if (pick.rule, pick.agent) == (rule.name, candidate.agent):
            return f"drawn for {pick.reviewer.name if pick.reviewer else 'everybody'}"
        return f"drawn already ({pick.rule}, agent {pick.agent})"
    if why := unready(candidate, rule):
        return why
    agent, shift = "" if rule.per_shift else candidate.agent, candidate.shift if rule.by_shift else ""
    lot = next(one for one in drawing.lots if (one.rule, one.agent, one.shift) == (rule.name, agent, shift))
    short = f", short of {lot.short}" if lot.short else ""
    return f"not drawn: {lot.got} of {lot.fitting} fitting calls were, {lot.wanted} were wanted{short}"


def _within(value: int, low: int | None, high: int | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def _among(value: str, names: Iterable[str]) -> bool:
    return not names or value in names


CONDITIONS: dict[str, Callable[[Candidate, Where], bool]] = {
    "talk": lambda one, where: _within(
        one.talk_ms,
        None if where.talk_from_s is None else where.talk_from_s * 1000,
        None if where.talk_to_s is None else where.talk_to_s * 1000,
    ),
    "queues": lambda one, where: _among(one.queue, where.queues),
    "teams": lambda one, where: _among(one.team, where.teams),
    "agents": lambda one, where: _among(one.agent, where.agents),
    "outcomes": lambda one, where: _among(one.outcome, where.outcomes),
    "resolved": lambda one, where: where.resolved is None or one.resolved == where.resolved,
    "survey_at_most": lambda one, where: (
        where.survey_at_most is None or (one.survey is not None and one.survey <= where.survey_at_most)
    ),
    "transferred": lambda one, where: where.transferred is None or one.transferred == where.transferred,
    "new_agent_days": lambda one, where: (
        where.new_agent_days is None or (one.agent_days is not None and one.agent_days <= where.new_agent_days)
    ),
}
"""What `where` asks of a call, by the key that is told where it does not fit."""
