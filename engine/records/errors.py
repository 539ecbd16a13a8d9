"""What the records can refuse or find wrong.

RecordsError
├── BadId                a text that is not an id of the kind asked for
├── BadKey               a text that is not an SSH public key that is accepted
├── NotFound             an id or a name that nothing has
├── Duplicate            a name that something has already
├── Refused              a law, a role, a permit or somebody's claim stands against it
│   ├── NoPermit         no permit in force covers the search
│   ├── NotYours         it belongs to somebody else, or to no bound user
│   ├── Claimed          somebody else is working on it
│   ├── WrongTransition  a referral cannot go from its state to that one
│   └── SameExaminer     the second examiner must be another person
├── BadVector            an embedding of the wrong length, or not finite, or all zeros
├── SpaceMismatch        vectors of two spaces met
├── IncompleteSearch     a search returned fewer candidates than it scanned faces for
├── VaultError           an object of the vault is missing, altered or cut short
│   └── ContentChanged   a content changed between two readings
├── KeysError            the master key is missing, unsafe or another deployment's
├── LedgerBroken         the ledger was changed outside the program
├── SchemaMismatch       the tables are older or newer than this program
└── Down                 the database cannot be reached
"""

from config.errors import TriageError


class RecordsError(TriageError):
    """Something the records could not do."""


class BadId(RecordsError):
    """A text that is not a public id of the kind asked for."""

    exit_code = 2


class BadKey(RecordsError):
    """A text that is not an SSH public key, or one that is not accepted."""

    exit_code = 2


class NotFound(RecordsError):
    """Nothing has this id or name."""

    exit_code = 2


class Duplicate(RecordsError):
    """Something has this name already."""


class Refused(RecordsError):
    """A law of the house, a role, a permit or a claim stands against it."""

    exit_code = 3


class NoPermit(Refused):
    """No permit in force covers the search."""


class NotYours(Refused):
    """It belongs to somebody else, or the one who acts is not bound to a user who may do it."""


class Claimed(Refused):
    """Somebody else holds the lease."""


class WrongTransition(Refused):
    """A referral cannot go from the state it is in to the one asked for."""


class SameExaminer(Refused):
    """The second examiner must be another person than the first."""


class BadVector(RecordsError):
    """An embedding of the wrong length, with a value that is not finite, or of zeros only."""


class SpaceMismatch(RecordsError):
    """Vectors of two spaces met."""


class IncompleteSearch(RecordsError):
    """A search came back with fewer candidates than the faces it had to go through allow."""


class VaultError(RecordsError):
    """An object of the vault is missing, altered or cut short."""


class ContentChanged(VaultError):
    """A content changed between the reading that named it and the one that encrypted it."""


class KeysError(RecordsError):
    """The master key is missing, open to others, malformed or not the one these records were made with."""

    exit_code = 4


class LedgerBroken(RecordsError):
    """The ledger was changed by something other than the program."""


class SchemaMismatch(RecordsError):
    """The tables of the database are older or newer than this program."""

    exit_code = 4


class Down(RecordsError):
    """The database cannot be reached, or another process kept it busy for too long."""

    exit_code = 4
