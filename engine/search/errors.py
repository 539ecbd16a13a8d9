"""What search can refuse or find wrong.

SearchError
├── IndexUnusable        a published index is missing, damaged, of another space or at odds with the records
├── IndexBusy            another process is building the same index
├── IndexRefused         a new index whose trial search went wrong
├── ModelRefused         an imported model that cannot tell people apart or gives unusable vectors
├── NothingToSearch      a permit that leaves no collection to go through
└── BadTable             a table of an evaluation that cannot be read
"""

from config.errors import TriageError


class SearchError(TriageError):
    """Something search could not do."""


class IndexUnusable(SearchError):
    """A published index that cannot be trusted; the records answer in its place."""


class IndexBusy(SearchError):
    """Another process is building the same index."""


class IndexRefused(SearchError):
    """A new index whose trial search went wrong; the one in use stays."""


class ModelRefused(SearchError):
    """An imported model that cannot tell people apart, or gives vectors that cannot be used."""


class NothingToSearch(SearchError):
    """A permit that names no gallery and leaves out the material of cases and open referrals."""

    exit_code = 3


class BadTable(SearchError):
    """A table of an evaluation that is missing, has the wrong columns or a row without a value."""

    exit_code = 2
