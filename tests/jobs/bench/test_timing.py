"""Processor time is what is measured, and each run has its turn in each round."""

import time

from jobs.bench.timing import MULTIPLY_FLOP, least_cpu_times, multiply


def test_waiting_costs_nothing_and_working_does() -> None:
    def work() -> None:
        until = time.process_time() + 0.02
        while time.process_time() < until:
            pass

    times = least_cpu_times({"wait": lambda: time.sleep(0.02), "work": work}, rounds=2)
    assert times["wait"] < 0.01
    assert times["work"] >= 0.02


def test_runs_take_turns_after_a_round_that_does_not_count() -> None:
    turns: list[str] = []
    least_cpu_times({name: lambda name=name: turns.append(name) for name in "ab"}, rounds=3)
    assert "".join(turns) == "ab" * 4


def test_the_peak_is_a_product_of_matrices() -> None:
    product = multiply()()
    assert product.shape[0] * product.shape[1] * product.shape[0] * 2 == MULTIPLY_FLOP
