// SPDX-License-Identifier: Apache-2.0

/// A call, numbered from 0 in the order in which calls are tried.
typealias CallID = Int

/// A call that wants to leave: what a phone system knows before anything rings, and nothing of what will be.
struct Attempt {
    var id: CallID
    /// The extension that pays.
    var payer: Int
    var destination: Destination
    var route: Route
    var origin: Origin
    /// Who would be connected, when it is not the payer: E.164 without the plus.
    var onBehalfOf: String?
}
