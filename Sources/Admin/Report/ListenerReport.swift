// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model

/// A listener, and by whose leave it is open where it is not encrypted.
public struct ListenerReport: Hashable, Sendable, Codable {
    public let listener: Listener
    /// Whether it is open now; an exception that has ended, or whose address this machine does not have, is not.
    public let isOpen: Bool
    public let exception: ListenerException?

    public init(listener: Listener, isOpen: Bool, exception: ListenerException?) {
        (self.listener, self.isOpen, self.exception) = (listener, isOpen, exception)
    }
}
