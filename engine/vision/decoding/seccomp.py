"""Seccomp: a process gives up for good the system calls that decoding never needs (sockets, programs ...).

The filter is classic BPF over struct seccomp_data (seccomp(2)); the numbers are those of the kernel's tables.
"""

import ctypes
import errno
import platform
import struct
from dataclasses import dataclass

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
# BPF: load a word, jump if equal, jump if at least, jump if a bit is set, return.
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_CLONE_THREAD = 0x00010000
# A second numbering of the calls on x86-64 (x32) begins here.
_X32 = 0x40000000
# Newer calls have one number everywhere.
_CLONE3, _EVERYWHERE = 435, {"pidfd_open": 434, "pidfd_getfd": 438, "io_uring_setup": 425, "pidfd_send_signal": 424}


@dataclass(frozen=True, slots=True)
class _Machine:
    """An architecture as audit.h numbers it, its `clone`, and the calls that are refused."""

    audit: int
    clone: int
    refused: dict[str, int]


# fmt: off
_MACHINES = {
    "x86_64": _Machine(0xC000003E, 56, {
        "socket": 41, "connect": 42, "accept": 43, "bind": 49, "listen": 50, "socketpair": 53, "fork": 57, "vfork": 58,
        "execve": 59, "kill": 62, "ptrace": 101, "mount": 165, "add_key": 248, "request_key": 249, "keyctl": 250,
        "unshare": 272, "accept4": 288, "perf_event_open": 298, "open_by_handle_at": 304, "setns": 308,
        "process_vm_readv": 310, "process_vm_writev": 311, "bpf": 321, "execveat": 322, "userfaultfd": 323,
    }),
    "aarch64": _Machine(0xC00000B7, 220, {
        "socket": 198, "connect": 203, "accept": 202, "bind": 200, "listen": 201, "socketpair": 199, "execve": 221,
        "kill": 129, "ptrace": 117, "mount": 40, "add_key": 217, "request_key": 218, "keyctl": 219, "unshare": 97,
        "accept4": 242, "perf_event_open": 241, "open_by_handle_at": 265, "setns": 268, "process_vm_readv": 270,
        "process_vm_writev": 271, "bpf": 280, "execveat": 281, "userfaultfd": 282,
    }),
}
# fmt: on


class _Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def give_up_calls() -> bool:
    """Refuse this process and its later threads those calls; whether the kernel can. NO_NEW_PRIVS has to be set."""
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return False
    instructions = _filter(machine)
    program = _Program(len(instructions) // 8, instructions)
    return bool(ctypes.CDLL(None).prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program)) == 0)


def _filter(machine: _Machine) -> bytes:
    refuse, allow = _step(_RETURN, _ERRNO | errno.EPERM), _step(_RETURN, _ALLOW)
    steps = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_EQUAL, machine.audit, 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER),
        _step(_AT_LEAST, _X32, 0, 1),
        refuse,
        # The C library goes back to `clone`, whose purpose can be told from outside, where this one is not there.
        _step(_EQUAL, _CLONE3, 0, 1),
        _step(_RETURN, _ERRNO | errno.ENOSYS),
    ]
    for number in {**machine.refused, **_EVERYWHERE}.values():
        steps += [_step(_EQUAL, number, 0, 1), refuse]
    # Threads are allowed, other processes are not.
    steps += [
        _step(_EQUAL, machine.clone, 0, 3),
        _step(_LOAD, _FIRST_ARGUMENT),
        _step(_ANY_BIT, _CLONE_THREAD, 1, 0),
        refuse,
        allow,
    ]
    return b"".join(steps)


def _step(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    """struct sock_filter: what to do, how many steps to skip if so and if not, and with which value."""
    return struct.pack("=HBBI", code, if_so, if_not, value)
