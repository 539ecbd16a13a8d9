"""What can be wrong with the background work.

JobsError
├── RedisMissing     no redis-server or valkey-server can be found on this machine
├── RedisDown        the queue's Redis does not answer
├── JobRefused       a job in Redis asks for something that is not one of Triage's tasks
├── UnknownLane      a lane that this deployment does not work on
├── AlreadyRunning   another keeper, or another `triage up`, serves this home
├── ServiceFailed    a service did not come up
├── DiskFull         too little room is left to take anything in
├── IntakePaused     people have stopped intake for a while
├── SamplesMissing   the sample pictures of an installed package are not there
├── DemoIncomplete   something that the demonstration is made of is not installed
├── DemoRefused      a demonstration may not be mixed with real records
└── BadInput         a folder, list or picture that a command was given cannot be used

HandBack is no error: it takes a worker out of its job when it has to stop before the job is done.
"""

from config.errors import TriageError


class JobsError(TriageError):
    """Something about the background work must be put right."""


class RedisMissing(JobsError):
    """No Redis server program is installed."""

    exit_code = 4


class RedisDown(JobsError):
    """The queue's Redis does not answer."""

    exit_code = 4


class JobRefused(JobsError):
    """A job asks for something that is not one of Triage's tasks."""


class UnknownLane(JobsError):
    """The deployment does not work on this lane."""

    exit_code = 2


class AlreadyRunning(JobsError):
    """Another process does this for the same home."""


class ServiceFailed(JobsError):
    """A service did not come up."""

    exit_code = 4


class DiskFull(JobsError):
    """Too little room is left on the disk."""

    exit_code = 4


class IntakePaused(JobsError):
    """Nothing is taken in at present, because somebody stopped it."""

    exit_code = 4


class SamplesMissing(JobsError):
    """The sample pictures of another package are not installed."""

    exit_code = 4


class DemoIncomplete(JobsError):
    """Something that the demonstration is made of is not installed."""

    exit_code = 4


class DemoRefused(JobsError):
    """A demonstration may not be mixed with real records."""

    exit_code = 3


class BadInput(JobsError):
    """What the command was given cannot be used."""

    exit_code = 2


class HandBack(BaseException):
    """Ends the running job of a worker that must stop; the job goes back to the front of its queue.

    Not an Exception, so that no handler inside a job takes it for a failure of that job.
    """
