"""Reading and proving the log."""

from __future__ import annotations

from dataclasses import dataclass, field

from mitstadt.kit import clock

from .models import Entry, Seal
from .rules import START, entry_digest, payload_digest, seal_digest


@dataclass(slots=True)
class Proof:
    """What `verify` found. `faults` are sentences; an empty list means that nothing was changed."""

    entries: int = 0
    seals: int = 0
    erased: int = 0
    unsealed: int = 0
    last_digest: str = START
    faults: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return not self.faults


def seal_lag() -> float:
    """Seconds that the oldest unsealed entry has been waiting; 0 when all are sealed."""
    oldest = Entry.objects.filter(seal=None).order_by("id").values_list("at", flat=True).first()
    return 0.0 if oldest is None else max(0.0, round((clock.now() - oldest).total_seconds(), 1))


def entry_faults(entry: Entry) -> list[str]:
    """Does this entry say what it said when it was written?"""
    faults = []
    erased = entry.salt == "" and entry.payload is None
    if not erased and payload_digest(entry.salt, entry.payload) != entry.payload_digest:
        faults.append(f"entry {entry.pk}: the payload was changed")
    expected = entry_digest(entry.at, entry.action, entry.actor, entry.actor_label, entry.object, entry.payload_digest)
    if expected != entry.digest:
        faults.append(f"entry {entry.pk}: the entry was changed")
    return faults


def verify() -> Proof:
    """Recompute every entry and every seal. Reads the whole log once, in order of seals."""
    proof = Proof()
    admitted: set[int] = set()
    erased: set[int] = set()
    of_seal: dict[int, list[tuple[int, str]]] = {}
    for entry in Entry.objects.order_by("id").iterator(chunk_size=2000):
        proof.entries += 1
        proof.faults += entry_faults(entry)
        if entry.salt == "" and entry.payload is None:
            erased.add(entry.pk)
        if entry.action == "audit.payload.erase" and entry.payload:
            admitted.update(entry.payload["entries"])
        if entry.seal is None:
            proof.unsealed += 1
        else:
            of_seal.setdefault(entry.seal, []).append((entry.pk, entry.digest))
    previous = START
    for expected, seal in enumerate(Seal.objects.order_by("number").iterator(chunk_size=2000), start=1):
        proof.seals += 1
        covered = of_seal.pop(seal.number, [])
        if seal.number != expected:
            proof.faults.append(f"seal {expected} is missing")
        if len(covered) != seal.count:
            proof.faults.append(f"seal {seal.number}: covered {seal.count} entries, {len(covered)} are left")
        if seal.previous != previous:
            proof.faults.append(f"seal {seal.number}: does not follow the one before")
        if seal_digest(seal.previous, seal.number, seal.at, covered) != seal.digest:
            proof.faults.append(f"seal {seal.number}: the digest does not fit its entries")
        previous = seal.digest
    proof.faults += [f"seal {number} is missing" for number in sorted(of_seal)]
    proof.faults += [f"entry {pk}: the payload was erased without a record" for pk in sorted(erased - admitted)]
    proof.erased, proof.last_digest = len(erased), previous
    return proof
