"""A standard as a readable card for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import TextWrapper

from marsad.core.conditions import Condition
from marsad.core.scheme import Cure, Entities, Indicator, Naming, Node, Peers, checks_in
from marsad.core.stars import Bands, FirstMatch
from marsad.standards.estimation import ESTIMATION
from marsad.standards.standard import Standard, Text
from marsad.standards.words import (
    AGGREGATE_WORDS,
    MEDIAN,
    QUESTION,
    STAR,
    band_words,
    condition_outline,
    figure,
    joined,
    limit_words,
    normaliser_words,
    percent,
    star_rule_words,
)

WIDTH = 110
HEADINGS = {
    "kinds": Text("أنواع القنوات", "Kinds of channel"),
    "tree": Text("الشجرة: النسبة من الكل، والجزء، وطريقة القياس", "Tree: share of the whole, part, how it is measured"),
    "peers": Text("النظراء", "Peers"),
    "stars": Text("النجوم", "Stars"),
    "rated": Text("لا تُصنف القناة إلا إذا", "A channel is rated only where"),
    "limiters": Text("القيود على النجوم", "Limits on the stars"),
    "adjustments": Text("التعديلات على النتيجة", "Points added to the score"),
    "alternatives": Text("طريقة ثانية للحساب إن كانت نتيجتها أعلى", "A second reckoning, where it scores higher"),
    "answers": Text("الإجابات التي تُحتسب", "Answers that count"),
    "joint": Text("النموذج المشترك", "Joint model"),
    "estimates": Text("تقدير المؤشرات كل على حدة", "Indicators estimated one at a time"),
    "raters": Text("تشدد المقيّمين والمتسوقين", "Severity of raters"),
    "floors": Text("الدقة المطلوبة", "How closely a score must be known"),
    "naming": Text("إعلان الأفضل والأسوأ", "Naming the best and the worst"),
    "sources": Text("المصادر", "Sources"),
}


def effective_shares(standard: Standard) -> dict[str, float]:
    """Return the share of the composite that every node and indicator carries where nothing is missing."""
    scheme = standard.scheme
    shares = {scheme.root.code: 1.0}
    for node in reversed(scheme.upward):
        total = sum(child.weight for child in scheme.children[node.code])
        for child in scheme.children[node.code]:
            shares[child.code] = shares[node.code] * child.weight / total
    return shares


def card(standard: Standard, language: str, *, questions: bool = False) -> Iterator[str]:
    """Yield the lines of the card in a language, `ar` or `en`; with the questions and their answers where asked for."""
    yield from Card(standard, language, questions).lines()


class Card:
    """One card being written."""

    def __init__(self, standard: Standard, language: str, questions: bool) -> None:
        self.standard, self.scheme, self.language, self.questions = standard, standard.scheme, language, questions
        self.shares = effective_shares(standard)

    def lines(self) -> Iterator[str]:
        """Yield every line."""
        yield f"{self.say(self.standard.title)}  ({self.standard.identity})"
        yield from wrapped(self.say(self.standard.summary), "", "")
        yield f"sha256 {self.standard.digest}"
        yield from self.section("kinds", self.kinds())
        yield from self.section("tree", self.branch(self.scheme.root, 0))
        yield from self.section("peers", self.peers(self.scheme.peers) if self.scheme.peers else iter(()))
        yield from self.section("stars", self.stars())
        yield from self.section("rated", self.requirements())
        yield from self.section("limiters", self.limiters())
        yield from self.section("adjustments", self.adjustments())
        yield from self.section("alternatives", self.alternatives())
        for name, texts in ESTIMATION.items():
            yield from self.section(name, self.bullets(texts(self.standard)))
        yield from self.section("naming", self.naming(self.scheme.naming))
        yield from self.section("sources", (line for source in self.standard.sources for line in bullet(source)))

    def say(self, text: Text) -> str:
        """Return a text in the card's language."""
        return text[self.language]

    def section(self, name: str, lines: Iterator[str]) -> Iterator[str]:
        """Yield a heading and its lines; nothing where there are none."""
        for number, line in enumerate(lines):
            if not number:
                yield from ("", self.say(HEADINGS[name]))
            yield line

    def kinds(self) -> Iterator[str]:
        """Yield the kinds of channel."""
        if self.standard.kinds:
            yield from wrapped((self.say(Text("، ", ", "))).join(map(self.say, self.standard.kinds.values())), "  ", "  ")

    def branch(self, part: Node | Indicator, depth: int, said: str = "") -> Iterator[str]:
        """Yield a node and all below it; what holds of all below is `said` once, questions only where asked for."""
        start = f"{100 * self.shares[part.code]:>7.2f} %  {'  ' * depth}"
        indent = " " * (len(start) + 2)
        label = self.say(self.standard.labels[part.code])
        if isinstance(part, Indicator):
            how = self.listed([self.measured(part)] * (not said) + self.own(part))
            yield from wrapped(f"{label}: {how}" if how else label, start, indent)
            yield from self.answers(part, indent)
            return
        children = self.scheme.children[part.code]
        items = [child for child in children if isinstance(child, Indicator) and child.code in self.standard.items]
        hidden = [] if self.questions else items
        common = said or self.common(part)
        count = f" · {self.say(QUESTION.counted(len(hidden)))}" if hidden else ""
        how = f": {common}" if common and not said else ""
        yield from wrapped(f"{label}{self.made(part)}{count}{how}", start, indent)
        if part.zero_when is not None:
            yield from self.outline(Text("0 عند تحقق الشرط: ", "0 where "), part.zero_when, indent)
        for child in children:
            if child not in hidden:
                yield from self.branch(child, depth + 1, common)

    def answers(self, indicator: Indicator, indent: str) -> Iterator[str]:
        """Yield the answers of a question where they are asked for."""
        if self.questions and indicator.code in self.standard.items:
            for number, answer in enumerate(self.standard.items[indicator.code].answers, 1):
                yield from wrapped(f"{number} {self.say(answer)}", indent, indent + "  ")

    def common(self, node: Node) -> str:
        """Return how everything under a node is measured, empty where it differs."""
        ways = {self.say(self.measured(self.scheme.indicators[leaf])) for leaf in self.scheme.leaves[node.code]}
        return ways.pop() if len(ways) == 1 else ""

    def listed(self, parts: list[Text]) -> str:
        """Return texts parted by semicolons."""
        return self.say(Text("؛ ", "; ")).join(map(self.say, parts))

    def made(self, node: Node) -> str:
        """Return in parentheses what is unusual in how a node is made."""
        parts = [] if node.aggregate == "arithmetic" else [AGGREGATE_WORDS[node.aggregate]]
        if node.missing == "not-rated":
            parts.append(Text("تلزم أجزاؤه كلها", "needs every part"))
        if node.missing == "drawn":
            parts.append(Text("يُقدَّر الناقص من أجزائه بالنموذج المشترك", "missing parts drawn by the joint model"))
        if node.minimum > 1:
            parts.append(Text(f"أقل عدد من الأجزاء: {node.minimum}", f"needs {node.minimum} parts"))
        if node.rescale is not None:
            parts.append(Text("يُعاد توحيد مقياسه بين القنوات", "scaled again over the channels"))
        if node.error_correlation is not None:
            much = figure(node.error_correlation)
            parts.append(Text(f"ارتباط أخطاء العينة: {much}", f"sampling errors correlated {much}"))
        return f" ({self.say(Text('، ', ', ')).join(map(self.say, parts))})" if parts else ""

    def measured(self, indicator: Indicator) -> Text:
        """Return how an indicator is scored and what is done to it before."""
        parts = [normaliser_words(indicator.normalise)]
        if indicator.denominator is not None:
            parts.append(Text(f"مقسومة على «{indicator.denominator}»", f"divided by “{indicator.denominator}”"))
        if indicator.minimum_n:
            least = figure(indicator.minimum_n)
            parts.append(Text(f"أقل عدد من الإجابات: {least}", f"from {least} answers on"))
        if indicator.reported_by:
            parts.append(
                Text(f"أقل عدد من القنوات: {indicator.reported_by}", f"where {indicator.reported_by} channels report it")
            )
        if indicator.impute is not None:
            parts.append(Text("تُستكمل القيم الناقصة من القنوات المماثلة", "gaps filled from similar channels"))
        if indicator.treat is not None:
            parts.append(Text("تُقرب القيم المتطرفة", "outliers pulled in"))
        return joined(parts, "؛ ", "; ")

    def own(self, indicator: Indicator) -> list[Text]:
        """Return what an indicator does not share with its neighbours: its direction and the kinds it is for."""
        parts = [Text("الأقل أفضل", "lower is better")] if indicator.lower_is_better else []
        parts += [MEDIAN] if indicator.duration else []
        if indicator.kinds is not None:
            kinds = joined([text for kind, text in self.standard.kinds.items() if kind in indicator.kinds], "، ", ", ")
            parts.append(Text(f"لهذه القنوات فقط: {kinds.ar}", f"only for {kinds.en}"))
        return parts

    def peers(self, peers: Peers) -> Iterator[str]:
        """Yield among whom stars are found."""
        if peers.attribute is None:
            head = Text(
                "تُحدد النجوم بين القنوات التي يتحقق فيها عدد متساو مما يلي:",
                "Stars are found among channels for which equally many of these hold:",
            )
            yield from bullet(self.say(head))
            for condition in peers.count:
                yield from self.outline(Text("", ""), condition, "    ")
            return
        measured = self.scheme.within == "peers"
        what = Text("تُقاس المؤشرات وتُحدد النجوم" if measured else "تُحدد النجوم", "Scores and stars" if measured else "Stars")
        yield from bullet(
            self.say(
                Text(
                    f"{what.ar} بين القنوات المتساوية في الخاصية «{peers.attribute}»",
                    f"{what.en} are found among channels alike in “{peers.attribute}”",
                )
            )
        )

    def stars(self) -> Iterator[str]:
        """Yield the bands, or the rule where there are no fixed ones, with the stars' names."""
        rule, bands = self.scheme.stars, self.standard.bands
        if isinstance(rule, FirstMatch):
            yield from bullet(self.say(Text("بأول ما يتحقق من القواعد التالية:", "by the first of these that holds:")))
            for condition, star in rule.cases:
                count = STAR.counted(star)
                yield from self.outline(Text(f"{count.ar} إذا تحقق: ", f"{count.en} where "), condition, "    ")
            rest = STAR.counted(rule.otherwise)
            yield from bullet(self.say(Text(f"وإلا {rest.ar}", f"otherwise {rest.en}")), "    ")
        elif not isinstance(rule, Bands):
            yield from bullet(self.say(star_rule_words(rule, self.standard.labels)))
        ranges = [self.say(words) for words in band_words(rule)] if isinstance(rule, Bands) else [""] * len(rule.stars)
        width = max(map(len, ranges))
        for star, words in zip(rule.stars, ranges, strict=True):
            name = self.say(bands[star]) if star in bands else ""
            if words or name:
                yield f"  {star:>4g}  {words:<{width}}{'  ' if width else ''}{name}".rstrip()

    def requirements(self) -> Iterator[str]:
        """Yield what must hold for a channel to be rated, and the reason given where it does not."""
        share = percent(self.scheme.minimum_share)
        if self.scheme.minimum_share:
            yield from bullet(
                self.say(
                    Text(
                        f"توافرت فيها {share} على الأقل من المؤشرات التي تنطبق عليها",
                        f"at least {share} of the indicators that apply to it are known",
                    )
                )
            )
        for requirement in self.scheme.requirements:
            yield from self.outline(Text("", ""), requirement.condition, "  ")
            reason = self.standard.rules[requirement.code]
            yield from wrapped(self.say(Text(f"وإلا فالسبب: {reason.ar}", f"otherwise: {reason.en}")), "    ", "    ")

    def limiters(self) -> Iterator[str]:
        """Yield every limit with its condition, and how sure it must be where it hangs on an estimate."""
        for limiter in self.scheme.limiters:
            yield from bullet(self.say(self.standard.rules[limiter.code]))
            yield from self.outline(limit_words(limiter), limiter.when, "    ")
            if any(check.quantity == "score" for check in checks_in(limiter.when)):
                sure = percent(limiter.certainty)
                yield from bullet(self.say(Text(f"باحتمال {sure} على الأقل", f"with a probability of at least {sure}")), "    ")

    def adjustments(self) -> Iterator[str]:
        """Yield the points that are added and when."""
        for adjustment in self.scheme.adjustments:
            yield from bullet(self.say(self.standard.rules[adjustment.code]))
            for condition, points in adjustment.cases:
                sign = "+" if points >= 0 else "−"
                start = f"{sign}{figure(abs(points))}"
                yield from self.outline(Text(f"{start} إذا تحقق: ", f"{start} where "), condition, "    ")

    def alternatives(self) -> Iterator[str]:
        """Yield what is left out in a second reckoning, and when it may be used."""
        for alternative in self.scheme.alternatives:
            yield from bullet(self.say(self.standard.rules["-".join(["without", *alternative.leave_out])]))
            yield from self.outline(Text("عند تحقق الشرط: ", "where "), alternative.when, "    ")

    def bullets(self, texts: Iterator[Text]) -> Iterator[str]:
        """Yield texts, each as a bullet."""
        for text in texts:
            yield from bullet(self.say(text))

    def naming(self, naming: Naming) -> Iterator[str]:
        """Yield how many of the best and the worst may be named: once, or for every kind where a cycle announced others."""
        sure, least = percent(naming.probability), naming.minimum_channels
        for k, kinds in self.scheme.named.items():
            who = (
                Text(f"أول {k} وآخر {k}", f"the first {k} and the last {k}")
                if k > 1
                else Text("الأولى والأخيرة", "the first and the last")
            )
            called = self.called(kinds)
            among = (
                Text(f"من كل نوع لا تقل قنواته عن {least}", f"of every kind of {least} channels or more")
                if len(self.scheme.named) == 1
                else Text(f"من {called.ar}، ما لم تقل القنوات عن {least}", f"of {called.en}, from {least} channels on")
            )
            words = Text(
                f"{among.ar}: {who.ar} على الأكثر، باحتمال {sure} على الأقل",
                f"{among.en}: at most {who.en}, each with a probability of at least {sure}",
            )
            yield from bullet(self.say(words))
        yield from bullet(self.say(looked_at(naming)))
        yield from bullet(self.say(named_by(naming)))
        if naming.own_part is not None:
            yield from bullet(self.say(named_for_its_own(naming, naming.own_part)))
        if naming.entities is not None:
            yield from bullet(self.say(entities_named_by(naming.entities)))
        yield from bullet(self.say(cured_by(self.scheme.cure)))

    def called(self, kinds: tuple[str, ...]) -> Text:
        """Return kinds as the standard calls them, and words for all that have no name."""
        others = Text("سائر الأنواع", "all others")
        return joined([self.standard.kinds.get(kind, Text(kind, kind)) if kind else others for kind in kinds], "، ", ", ")

    def outline(self, start: Text, condition: Condition, indent: str) -> Iterator[str]:
        """Yield a condition as bullets after some words."""
        for depth, words in condition_outline(condition, self.standard.labels):
            yield from bullet((self.say(start) if not depth else "") + self.say(words), indent + "  " * depth)


def looked_at(naming: Naming) -> Text:
    """Return what it takes to be looked at again."""
    screen, far, chance, kept = map(percent, (naming.screen, naming.tail, naming.tail_probability, naming.sensitivity))
    return Text(
        f"تُعاد زيارة كل قناة يبلغ احتمال كونها منها {screen} على الأقل، أو احتمال وقوعها في طرف القائمة ({far}) {chance} على "
        f"الأقل، إذا صمد ذلك في {kept} من التصنيفات المعقولة الأخرى",
        f"looked at again: each with a probability of at least {screen} of being one of them, or of at least {chance} of being "
        f"in the far {far}, where that holds in {kept} of other reasonable ratings",
    )


def named_by(naming: Naming) -> Text:
    """Return what it takes to be named."""
    decoys, n = percent(naming.decoys), figure(naming.minimum_n)
    width = Text("", "")
    if naming.widest is not None:
        points = figure(naming.widest)
        width = Text(f"، ومدى النتيجة {points} من النقاط على الأكثر", f", and an interval of at most {points} points")
    return Text(
        f"لا يُعلن اسم إلا بأدلة جديدة وحدها، {decoys} منها على الأقل من قنوات ليست موضع سؤال؛ وبحد أدنى: الجولات {naming.waves}، "
        f"والإجابات {n}، والمقيّمون {naming.minimum_raters}{width.ar}",
        f"named by new evidence alone, at least {decoys} of it from channels not in question; at least: {naming.waves} waves, "
        f"{n} answers, {naming.minimum_raters} assessors{width.en}",
    )


def named_for_its_own(naming: Naming, probability: float) -> Text:
    """Return what a channel's own part must be for a name."""
    sure, far = percent(probability), percent(naming.tail)
    return Text(
        f"ولا تُسمّى قناة إلا إذا وقع ما يخصها وحدها، دون ما يعود إلى جهتها، في طرف القائمة أيضاً ({far}، أو العدد "
        f"الجائز إعلانه إن كان أكبر) باحتمال {sure} على الأقل؛ وإلا لم تُسمَّ، والمساءلة على جهتها",
        f"named only if its own part, apart from its entity's, is in the far end too ({far}, or as many as may be named where "
        f"they are more) with a probability of at least {sure}; else it is not named, and its entity answers",
    )


def entities_named_by(rule: Entities) -> Text:
    """Return how entities are named."""
    least, among, visited = rule.minimum_channels, rule.minimum_entities, rule.visited
    who = Text("الأولى والأخيرة", "the first and the last")
    if rule.k > 1:
        who = Text(f"أول {rule.k} وآخر {rule.k}", f"the first {rule.k} and the last {rule.k}")
    return Text(
        f"تُعلن أسماء الجهات بالقاعدة نفسها، كل جهة بمتوسط نتائج قنواتها من النوع (أقل عدد من القنوات المصنفة: {least}): {who.ar} "
        f"على الأكثر، إذا لم تقل الجهات عن {among}؛ وتُعاد زيارة قنوات تمثل الجهة تُختار بالقرعة، عددها {visited}",
        f"entities are named by the same rule, each by the mean of its channels of the kind ({least} rated ones or more): at "
        f"most {who.en}, among {among} or more; of each {visited} channels, drawn by lot, are visited again that stand for it",
    )


def cured_by(cure: Cure) -> Text:
    """Return what follows for who is named last."""
    return Text(
        f"لكل قناة يُعلن اسمها بين الأسوأ مهلة معالجة مدتها {cure.days} يوما، وخطة خلال {cure.plan_days} يوما، ويُحكم على تغيّرها "
        "بالمقارنة بقنوات ليست موضع سؤال",
        f"who is named among the last has {cure.days} days to mend it and {cure.plan_days} for the plan; its change is judged "
        "against channels not in question",
    )


def bullet(words: str, indent: str = "  ") -> Iterator[str]:
    """Yield one wrapped entry of a list."""
    yield from wrapped(words, indent + "· ", indent + "  ")


def wrapped(words: str, start: str, indent: str) -> Iterator[str]:
    """Yield words in lines of the card's width, never broken inside a word."""
    yield from TextWrapper(
        WIDTH, initial_indent=start, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    ).wrap(words)
