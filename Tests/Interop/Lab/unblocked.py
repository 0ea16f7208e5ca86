# SPDX-License-Identifier: Apache-2.0
"""unblocked.py PROGRAM ARGUMENT... - becomes the program, with no signal blocked.

A test runs on a thread that blocks signals, and its children would inherit that: a SIGTERM would reach none of them.
"""
import os
import signal
import sys

signal.pthread_sigmask(signal.SIG_SETMASK, [])
os.execvp(sys.argv[1], sys.argv[1:])
