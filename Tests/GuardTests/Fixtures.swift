// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import Testing

/// The moment `seconds` after the start of a clock that only the test turns.
func at(_ seconds: Double) -> MonotonicTime { MonotonicTime(nanoseconds: UInt64(seconds * 1_000_000_000)) }

func ip(_ text: String) throws -> IPAddress { try #require(IPAddress(parsing: text)) }

func bytes(_ text: String) -> ArraySlice<UInt8> { Array(text.utf8)[...] }
