"""Grouping of a referral's faces into subjects: the faces that are safely one person, and no more.

A wrong merge hides a child behind another one; a missed merge costs a person one key. So a face joins a group only when
it is like the group on average (average-link clustering, Sokal and Michener 1958), never a group that was in sight at
the same moment, and never when it is too small or too blurred to be told apart: blurred strangers look alike.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.search.space import Space, Vectors, similarity
from engine.vision.marks import TOO_BLURRED

# Tracks whose faces are compared with all others at a time, so that the scores of a long video need little memory.
_BLOCK = 128


@dataclass(frozen=True, slots=True)
class Seen:
    """Where and when each of N faces was seen, all int64 [N].

    files: the picture or video. tracks: faces of one number were followed as one person; a face that was not followed
    has a number of its own. first_ms, last_ms: from when to when the track was in sight; 0 in a still picture.
    """

    files: NDArray[np.int64]
    tracks: NDArray[np.int64]
    first_ms: NDArray[np.int64]
    last_ms: NDArray[np.int64]


def telling(eyes: NDArray[np.float32], sharpness: NDArray[np.float32], *, smallest: float) -> NDArray[np.bool_]:
    """Which of N faces are good enough to be told apart: with `smallest` pixels between the eyes, not too blurred."""
    return (eyes >= smallest) & (sharpness >= TOO_BLURRED)


def group(
    space: Space, vectors: Vectors, seen: Seen, telling: NDArray[np.bool_], *, threshold: float
) -> list[list[int]]:
    """The faces, as positions, in groups of one person each; groups and their faces in the order of the positions.

    vectors: float32 [N, D] of one space. Faces of one track stay together; two tracks in sight at once in one file are
    two people. telling: bool [N], as `telling` gives it; any other face counts only as part of its track.
    threshold: the average score from which two groups are one person.
    """
    if not len(vectors):
        return []
    _, firsts, track_of = np.unique(seen.tracks, return_index=True, return_inverse=True)
    scores, sizes = _average_scores(space, vectors[telling], track_of[telling], len(firsts))
    scores[_at_once(seen, firsts)] = -np.inf
    groups = [[position] for position in range(len(firsts))]
    for one, other in _merges(scores, sizes, threshold):
        groups[one] += groups[other]
        groups[other] = []
    return sorted(sorted(np.flatnonzero(np.isin(track_of, tracks)).tolist()) for tracks in groups if tracks)


def _average_scores(
    space: Space, vectors: Vectors, track_of: NDArray[np.intp], tracks: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The average score of each two tracks' faces, [tracks, tracks], and each one's number of faces.

    Minus infinity for a track without a face that tells anything.
    """
    sizes = np.bincount(track_of, minlength=tracks)
    scores = np.full((tracks, tracks), -np.inf)
    order = np.argsort(track_of, kind="stable")
    there = np.flatnonzero(sizes)
    starts = np.concatenate(([0], np.cumsum(sizes[there])))
    sorted_vectors = vectors[order]
    for begin in range(0, len(there), _BLOCK):
        some = there[begin : begin + _BLOCK]
        rows = slice(starts[begin], starts[begin + len(some)])
        part = similarity(space, sorted_vectors[rows], sorted_vectors).astype(np.float64)
        by_track = np.add.reduceat(part, starts[:-1], axis=1)
        sums = np.add.reduceat(by_track, starts[begin : begin + len(some)] - starts[begin], axis=0)
        scores[np.ix_(some, there)] = sums / (sizes[some][:, None] * sizes[there])
    # A product's last digits depend on the side a face stands on; a pair must have one score.
    return (scores + scores.T) / 2, sizes


def _at_once(seen: Seen, firsts: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which two tracks were in sight at the same time in one file, and each with itself: [tracks, tracks].

    firsts: the position of one face of each track.
    """
    files, begin, end = seen.files[firsts], seen.first_ms[firsts], seen.last_ms[firsts]
    at_once: NDArray[np.bool_] = (files[:, None] == files) & (begin[:, None] <= end) & (begin <= end[:, None])
    return at_once


def _merges(scores: NDArray[np.float64], sizes: NDArray[np.int64], threshold: float) -> list[tuple[int, int]]:
    """Which two groups become one, the most alike first, until none are alike enough; the first keeps its place.

    Of a group only the most alike other one is kept in view: averaging never makes two groups more alike than the
    better of the pairs they were made of.
    """
    sizes = sizes.copy()
    merges: list[tuple[int, int]] = []
    closest = scores.argmax(axis=1)
    closeness = scores[np.arange(len(scores)), closest]
    while True:
        one = int(closeness.argmax())
        if closeness[one] < threshold:
            return merges
        other = int(closest[one])
        _merge(scores, one, other, int(sizes[one]), int(sizes[other]))
        sizes[one] += sizes[other]
        merges.append((one, other))
        stale = np.flatnonzero((closest == one) | (closest == other))
        closest[stale] = scores[stale].argmax(axis=1)
        closeness[stale] = scores[stale, closest[stale]]
        for changed in (one, other):
            closest[changed] = scores[changed].argmax()
            closeness[changed] = scores[changed, closest[changed]]


def _merge(scores: NDArray[np.float64], one: int, other: int, size: int, other_size: int) -> None:
    """Put the average over both groups in the row and column of `one`; a group barred to either is barred to both."""
    joined = (size * scores[one] + other_size * scores[other]) / (size + other_size)
    joined[one] = -np.inf
    scores[one], scores[:, one] = joined, joined
    scores[other], scores[:, other] = -np.inf, -np.inf
