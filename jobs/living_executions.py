"""The runs of a job that Redis still knows, without those of dead workers.

RQ keeps the list of a job's runs 60 seconds longer than what it knows about each run, and then cannot put the job away:
a job that was killed once would count as failed after its second run had done everything.
"""

from rq.executions import Execution, ExecutionRegistry


class LivingExecutions(ExecutionRegistry):
    """A job's runs; one that has vanished is left out instead of being an error."""

    def get_executions(self, start: int = 0, end: int = -1) -> list[Execution]:
        """The runs that Redis knows."""
        found = []
        for execution_id in self.get_execution_ids(start, end):
            try:
                found.append(Execution.fetch(id=execution_id, job_id=self.job_id, connection=self.connection))
            except ValueError:  # RQ's word for a run that it finds no more.
                continue
        return found
