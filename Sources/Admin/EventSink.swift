// SPDX-License-Identifier: Apache-2.0

public import Model

/// Takes what happened, for everybody who wants to know. Implemented by `Server`. Nobody who publishes waits.
public protocol EventSink: Sendable {
    func publish(_ event: Event)
}
