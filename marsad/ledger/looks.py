"""How every seal of a bundle is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import numpy as np

from marsad.core.disclosure import BY_SCORE, EXACT, POOLED, STAR_ONLY, WITHHELD, Policy, disclose, followed
from marsad.core.evidence import Evidence
from marsad.core.naming import Verdict
from marsad.core.problem import Problem
from marsad.lake.tables import read_csv
from marsad.ledger.bundle import DamagedError, blocks
from marsad.ledger.canonical import FormError, canonical, parsed
from marsad.ledger.decision import DECISION, Confirmation, approval_of, decision_of, differing
from marsad.ledger.examination import Examination, MissingError
from marsad.ledger.freeze import FULL, file_salt
from marsad.ledger.merkle import tree_of
from marsad.ledger.proof import secret_of
from marsad.ledger.publication import PUBLICATION, SECRET, SIGNATURE
from marsad.ledger.recompute import CHANCE_OTHER, CHANCE_SAME
from marsad.ledger.rows import AGAIN, Reduced, first_disagreement, known_alone, reduce_rows
from marsad.ledger.rows import FOLDER as ROWS
from marsad.ledger.seals import Said, Seal, broken, said, unchecked, whole
from marsad.ledger.second import ROUND, SECOND, shown_wave
from marsad.ledger.statistics import EVIDENCE, csv_of, evidence_table, rows_of


def look_at(case: Examination) -> Iterator[Seal]:
    """Yield every seal of a bundle itself, signature and chain apart."""
    unread = case.record.publication if isinstance(case.record.publication, Said) else None
    if unread is not None:
        yield broken("form", [unread])
    else:
        message = "publication.json is in canonical form; its fingerprint is %(fingerprint)s"
        yield whole("form", message, fingerprint=case.record.fingerprint)
    for name, look in LOOKS.items():
        if unread is not None:
            yield unchecked(name, "without a readable publication.json there is nothing to compare with")
        else:
            yield looked(name, look, case)


def looked(name: str, look: Callable[[Examination], Seal], case: Examination) -> Seal:
    """Return a seal; broken where what it needs is missing or cannot be read."""
    try:
        return look(case)
    except MissingError as error:
        return broken(name, [error.clause])
    except Problem as problem:
        return broken(name, [said("%(problem)s", problem=problem)])
    except (
        ValueError,
        LookupError,
        TypeError,
        ArithmeticError,
        AssertionError,
        RecursionError,
    ) as error:  # anybody may have made it
        return broken(
            name,
            [said("what is in the bundle cannot be reckoned with (%(error)s: %(why)s)", error=type(error).__name__, why=error)],
        )


def files_seal(case: Examination) -> Seal:
    """Return the seal of the files: each there, as it was published, and no other."""
    clauses = [clause for entry in case.publication.files if (clause := changed(case, entry.name, entry.sha256, entry.size))]
    known = {entry.name for entry in case.publication.files} | {PUBLICATION, SIGNATURE}
    known |= {entry.name for entry in case.publication.sealed} | {SECRET} if case.is_auditors else set()
    clauses += [
        said("%(file)s was added: the publication does not name it", file=name) for name in case.bundle.names if name not in known
    ]
    if clauses:
        return broken("files", clauses)
    return whole("files", "%(count)s files are as they were published", count=len(case.publication.files))


def changed(case: Examination, name: str, expected: str, size: int) -> Said | None:
    """Return how a file differs from the published one, or None."""
    if name not in case.bundle.names:
        return said("%(file)s is missing", file=name)
    found = case.bundle.size(name)
    if found != size:
        return said(
            "%(file)s was changed: it has %(found)s bytes, and %(size)s were published", file=name, found=found, size=size
        )
    try:
        digest = hashed(case, name)
    except DamagedError as error:
        return said("%(file)s: %(why)s", file=name, why=error.why)
    if digest != expected:
        return said(
            "%(file)s was changed: its SHA-256 is %(found)s…, not %(expected)s…",
            file=name,
            found=digest[:16],
            expected=expected[:16],
        )
    return None


def hashed(case: Examination, name: str, salt: bytes = b"") -> str:
    """Return the SHA-256 of a salt and a file's bytes; raises DamagedError."""
    whole_file = sha256(salt)
    for block in blocks(case.bundle, name):
        whole_file.update(block)
    return whole_file.hexdigest()


def sealed_seal(case: Examination) -> Seal:
    """Return the seal of the auditor's files: each there and committed to."""
    entries = case.publication.sealed
    if not case.is_auditors:
        return unchecked("sealed", "%(count)s files are for auditors alone, and only committed to here", count=len(entries))
    try:
        secret = secret_of(case.bundle)
    except (FormError, DamagedError, ValueError, KeyError, TypeError):
        return broken("sealed", [said("%(file)s cannot be read", file=SECRET)])
    clauses = []
    for entry in entries:
        if entry.name not in case.bundle.names:
            clauses.append(said("%(file)s is missing", file=entry.name))
            continue
        try:
            same = hashed(case, entry.name, file_salt(secret, entry.name)) == entry.commitment
        except DamagedError:
            same = False
        if not same:
            clauses.append(said("%(file)s or the secret was changed: the publication commits to another", file=entry.name))
    return (
        broken("sealed", clauses)
        if clauses
        else whole("sealed", "%(count)s sealed files are those committed to", count=len(entries))
    )


def trees_seal(case: Examination) -> Seal:
    """Return the seal of the Merkle trees."""
    clauses, looked = [], 0
    for name, entry in sorted(case.publication.trees.items()):
        if name.startswith(FULL) and not case.has_full:
            continue
        looked += 1
        tree = tree_of(rows_of(case.read(name)), secret_of(case.bundle) if name.startswith(FULL) else None)
        if tree.size != entry.rows:
            clauses.append(
                said("%(file)s has %(found)s rows, and %(rows)s were published", file=name, found=tree.size, rows=entry.rows)
            )
        elif tree.root.hex() != entry.root:
            clauses.append(said("a row of %(file)s was changed, or their order: the root is another", file=name))
    return broken("trees", clauses) if clauses else whole("trees", "the rows of %(count)s files have their roots", count=looked)


def standard_seal(case: Examination) -> Seal:
    """Return the seal of the standard: the text it was and the identity it says."""
    entry = case.publication.standard
    if case.standard.identity != entry.identity:
        return broken(
            "standard",
            [said("the standard says it is %(found)s, not %(identity)s", found=case.standard.identity, identity=entry.identity)],
        )
    return whole("standard", "%(identity)s, digest %(digest)s…", identity=entry.identity, digest=entry.sha256[:16])


def evidence_seal(case: Examination) -> Seal:
    """Return the seal of what was hidden: no small cell is shown and, for auditors, the public evidence follows from the full."""
    entry = case.publication.disclosure
    policy = Policy(entry.least, entry.open_sources, entry.margin)
    clauses = [*shown_though_small(case, policy), *miscounted(case), *unfollowed_wave(case, policy)]
    if not case.has_full:
        if clauses:
            return broken("evidence", clauses)
        if case.is_auditors or not case.publication.sealed:
            return whole("evidence", "no cell under %(least)s answers is shown", least=entry.least)
        return unchecked(
            "evidence", "no cell under %(least)s answers is shown; that all else is real only auditors can see", least=entry.least
        )
    disclosed = disclose(case.full, policy)
    if csv_of(evidence_table(case.standard.scheme, disclosed)) != case.read(EVIDENCE):
        clauses.append(said("evidence.csv does not follow from full/evidence.csv: cells were hidden otherwise than said"))
    follows, channels = followed(case.full, case.public, disclosed), disclosed.evidence.channels
    for kind, named in ((BY_SCORE, entry.by_score), (STAR_ONLY, entry.star_only)):
        for channel in sorted(set(channels[follows == kind].tolist()) ^ set(named)):
            clauses.append(said("channel %(channel)s is not shown by its %(kind)s as it should be", channel=channel, kind=kind))
    return broken("evidence", clauses) if clauses else whole("evidence", "what is public follows from what is sealed")


def shown_though_small(case: Examination, policy: Policy) -> Iterator[Said]:
    """Yield the cells that the public evidence shows though they are small, of either wave."""
    waves = {EVIDENCE: case.public.evidence} | ({SECOND: case.wave.evidence} if case.wave else {})
    for name, evidence in waves.items():
        yield from small_in(case, policy, name, evidence)


def small_in(case: Examination, policy: Policy, name: str, evidence: Evidence) -> Iterator[Said]:
    """Yield the cells that a table of evidence shows though they are small."""
    if case.read(name).count(b"\n") < 2:
        return
    states = np.full(evidence.values.shape, "", "<U8")
    cells = read_csv(Path(name), case.read(name))
    codes = case.standard.scheme.position
    rows = np.searchsorted(evidence.channels, cells.texts("channel"))
    places = np.array([codes[code] for code in cells.texts("indicator").tolist()])
    states[rows, places] = cells.texts("state")
    for row, place in np.argwhere((states == EXACT) & policy.small(case.standard.scheme, evidence)):
        message = "%(file)s shows %(indicator)s of channel %(channel)s, a cell of %(n)g answers"
        code, channel = case.standard.scheme.indicators[place].code, str(evidence.channels[row])
        yield said(message, file=name, indicator=code, channel=channel, n=float(evidence.n[row, place]))


def unfollowed_wave(case: Examination, policy: Policy) -> Iterator[Said]:
    """Yield, for auditors, that the public second wave does not follow from the real one."""
    if not case.is_auditors or case.full_wave is None:
        return
    shown = shown_wave(case.full, case.public, case.full_wave, policy)
    if shown.files(case.standard.scheme)[SECOND] != case.read(SECOND):
        yield said("second.csv does not follow from full/second.csv: cells were hidden otherwise than said")


def miscounted(case: Examination) -> Iterator[Said]:
    """Yield the states of cells that are not as many as the publication counts."""
    states = read_csv(Path(EVIDENCE), case.read(EVIDENCE)).texts("state")
    for state in (EXACT, POOLED, WITHHELD):
        found, counted = int((states == state).sum()), case.publication.disclosure.cells.get(state, 0)
        if found != counted:
            yield said(
                "evidence.csv has %(found)s cells marked %(state)s, and %(counted)s were published",
                found=found,
                state=state,
                counted=counted,
            )


def stars_seal(case: Examination) -> Seal:
    """Return the seal of scores, stars and ranks."""
    clauses = [clause for comparison in case.comparisons for clause in comparison.stars()]
    if clauses:
        return broken("stars", clauses)
    proved = sum(int((comparison.proved & comparison.again.rated).sum()) for comparison in case.comparisons[-1:])
    return whole("stars", "%(count)s stars follow from the evidence by the standard", count=proved)


def chances_seal(case: Examination) -> Seal:
    """Return the seal of chances and intervals."""
    same = case.same_numpy
    clauses = [clause for comparison in case.comparisons for clause in comparison.chances(same_numpy=same)]
    entry = case.publication.settings
    values = {"seed": entry.seed, "draws": entry.draws, "tolerance": CHANCE_SAME if same else CHANCE_OTHER}
    if clauses:
        first = said("chances do not follow from seed %(seed)s and %(draws)s draws, to %(tolerance)s", **values)
        return broken("chances", [first, *clauses])
    return whole("chances", "chances follow from seed %(seed)s and %(draws)s draws, to %(tolerance)s", **values)


def decision_seal(case: Examination) -> Seal:
    """Return the seal of the decision: it follows from the evidence by the rule of the standard, and somebody approved it."""
    entry = case.publication.file(DECISION)
    if entry is None:
        return unchecked("decision", "the publication holds no decision on whom to name")
    found = parsed(case.read(DECISION))
    try:
        approval = approval_of(found)
    except ValueError:
        return broken("decision", [said("%(file)s does not say who approved it, and when", file=DECISION)])
    evidence, confirmation = sha256(case.read(EVIDENCE)).hexdigest(), None
    if case.wave is not None:
        confirmation = Confirmation(case.wave, *(sha256(case.read(name)).hexdigest() for name in (SECOND, ROUND)))
    again = decision_of(case.shown, case.standard, evidence, case.settings, approval, confirmation)
    tolerance = CHANCE_SAME if case.same_numpy else CHANCE_OTHER
    clauses = list(differing(parsed(canonical(again)), found, tolerance))
    if not clauses:
        message = "what is said of %(count)s channels follows by the rule of the standard; approved by %(by)s"
        approved = f"{approval.by.en} ({approval.by.ar})"
        spoken = [one for ends in found["lists"] for one in ends["channels"] if one["verdict"] != Verdict.NONE]
        return whole("decision", message, count=len(spoken), by=approved)
    if not case.same_numpy:
        return unchecked("decision", "another NumPy draws otherwise: only the publisher's can say whether the decision follows")
    return broken("decision", clauses)


def rows_seal(case: Examination) -> Seal:
    """Return the seal of the rows: the statistics that were rated follow from them."""
    names = [entry.name for entry in case.publication.sealed if entry.name.startswith(ROWS)]
    if not case.is_auditors or not names:
        return unchecked("rows", "no rows are in this bundle")
    if case.publication.reduction is None:
        return unchecked("rows", "the rows were not reduced by plain means, which is all that is checked here")
    waves = [(case.full.evidence, reduced_in(case, ROWS))]
    if case.full_wave is not None and any(entry.name.startswith(AGAIN) for entry in case.publication.sealed):
        again = reduced_in(case, AGAIN)
        waves.append((case.full_wave.evidence, again and known_alone(again, case.full_wave.evidence)))
    cells = rows = 0
    for evidence, reduced in waves:
        wrong = reduced and first_disagreement(case.standard.scheme, evidence, reduced)
        if reduced is None or wrong:
            channel, indicator = wrong or ("?", "?")
            message = "%(indicator)s of channel %(channel)s does not follow from its rows"
            return broken("rows", [said(message, channel=channel, indicator=indicator)])
        cells, rows = cells + int((reduced.n > 0).sum()), rows + int(reduced.n.sum())
    return whole("rows", "%(cells)s cells follow from %(rows)s valid rows", cells=cells, rows=rows)


def reduced_in(case: Examination, folder: str) -> Reduced | None:
    """Return what the rows of a wave come to, None where a file has others."""
    names = [entry.name for entry in case.publication.sealed if entry.name.startswith(folder)]
    tables = ((name, case.read_once(name)) for name in names)
    return reduce_rows(case.standard.scheme, case.full.evidence.channels, tables)


LOOKS: dict[str, Callable[[Examination], Seal]] = {
    "files": files_seal,
    "sealed": sealed_seal,
    "trees": trees_seal,
    "standard": standard_seal,
    "evidence": evidence_seal,
    "stars": stars_seal,
    "chances": chances_seal,
    "decision": decision_seal,
    "rows": rows_seal,
}
"""How every seal that needs the publication is looked at."""
