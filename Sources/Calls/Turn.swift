// SPDX-License-Identifier: Apache-2.0

/// What one input sets off: the time it came at, and everything that is to be done because of it.
///
/// Handed `inout` through everything that takes part. Whoever runs the ``Switchboard`` may keep one turn and begin it anew
/// for each input, so that the storage of the actions is allocated once.
public struct Turn: Sendable {
    /// The same for all that happens in the turn.
    public private(set) var now: Moment
    /// What is wanted, in order. Whoever carries it out empties it.
    public var actions: [Action] = []

    public init(at now: Moment) { self.now = now }

    /// Takes the next input. What is left of the actions stays.
    public mutating func begin(at now: Moment) { self.now = now }
}
