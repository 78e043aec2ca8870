"""
Everything this library raises on purpose.

```
FreezeCaseError
├── InvalidValue          a value cannot be what it claims to be          (also a ValueError)
├── Refused               the request was understood and turned down
│   ├── NotAllowedNow     the case is not in a position for it; `.allowed` says what is
│   └── PolicyForbids     the ruling said no; `.ruling` says which rules and what they require
├── NoSuchCase            no case has that id                             (also a LookupError)
├── Conflict              somebody else wrote to the case first, and the answer changed
├── CommandReused         one command id, two different commands
├── NotCovered            the case would wait for something that nobody owes
├── FactMissing           a rule asked for something that the host did not say
├── OverBudget            a rule ran longer than it may
├── BadPolicy             a policy cannot be put together, found or loaded
│   ├── PolicyClash       two policies under one name and version
│   └── NoPolicy          no policy of that name, or none in force then
├── RecordError           what is stored cannot be read, or cannot be trusted
│   ├── UnknownName       a stored name that no reader knows
│   ├── Unreadable        bytes that are not what their name promises
│   ├── VersionGap        a version of a case is missing
│   └── Tampered          a record that is not what the ledger says; `.code` says in what
├── StoreError            the store cannot be opened or written
│   ├── NotOurStore       a database, but not one of ours
│   ├── StoreReadOnly     it may be read, not written
│   ├── StoreFull         no room is left
│   └── StoreBusy         another writer held it too long
├── SealError             what is sealed cannot be opened, or may not be
│   ├── UnknownKey        no key and no tombstone: it was lost, not erased
│   ├── SectionForged     it was not sealed in this place with this key
│   ├── NotCleared        the reader has no clearance for it
│   └── ErasureRefused    the law, a hold or an open case keeps it; `.until` says how long
├── CannotVerify          what a proof needs is out of reach: an anchor, a key, a quorum
├── WitnessRefused        a witness saw another history; `.status` is what it answered
├── ImportFailed          a foreign log could not be taken in
│   ├── BadMapping        the mapping file says something that cannot be
│   └── AnomalyFound      strict import met a row that breaks a rule; nothing was written
├── BadNotice             a text that must not leave the house; `.findings` says why
├── Undeliverable         it will never be taken, however often it is tried
└── NotGenuine            it does not prove that it comes from whom it says
```

Messages say what, where, and what would be allowed. Errors carry their parts, also when pickled.
"""

from freezecase.errors.asking import (
    BadPolicy,
    CommandReused,
    Conflict,
    FactMissing,
    FreezeCaseError,
    InvalidValue,
    NoPolicy,
    NoSuchCase,
    NotAllowedNow,
    NotCovered,
    OverBudget,
    PolicyClash,
    PolicyForbids,
    Refused,
)
from freezecase.errors.keeping import (
    AnomalyFound,
    BadMapping,
    BadNotice,
    CannotVerify,
    ErasureRefused,
    ImportFailed,
    NotCleared,
    NotGenuine,
    NotOurStore,
    RecordError,
    SealError,
    SectionForged,
    StoreBusy,
    StoreError,
    StoreFull,
    StoreReadOnly,
    Tampered,
    Undeliverable,
    UnknownKey,
    UnknownName,
    Unreadable,
    VersionGap,
    WitnessRefused,
)

__all__ = [
    "AnomalyFound",
    "BadMapping",
    "BadNotice",
    "BadPolicy",
    "CannotVerify",
    "CommandReused",
    "Conflict",
    "ErasureRefused",
    "FactMissing",
    "FreezeCaseError",
    "ImportFailed",
    "InvalidValue",
    "NoPolicy",
    "NoSuchCase",
    "NotAllowedNow",
    "NotCleared",
    "NotCovered",
    "NotGenuine",
    "NotOurStore",
    "OverBudget",
    "PolicyClash",
    "PolicyForbids",
    "RecordError",
    "Refused",
    "SealError",
    "SectionForged",
    "StoreBusy",
    "StoreError",
    "StoreFull",
    "StoreReadOnly",
    "Tampered",
    "Undeliverable",
    "UnknownKey",
    "UnknownName",
    "Unreadable",
    "VersionGap",
    "WitnessRefused",
]
