// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model

/// `ringfence listener …`
public enum ListenerCommand: Hashable, Sendable, Codable {
    case list
    /// Opens a listener without encryption for a while. An exception for the same address is replaced.
    case except(ExceptionRequest)
    case withdraw(ListenerException.Transport, address: String)
}

/// An exception somebody wants, as typed.
public struct ExceptionRequest: Hashable, Sendable, Codable {
    public let transport: ListenerException.Transport
    /// `192.0.2.1:5060`.
    public let address: String
    /// Which devices need it and who decided.
    public let reason: String
    public let days: Int

    public init(transport: ListenerException.Transport, address: String, reason: String, days: Int) {
        (self.transport, self.address, self.reason, self.days) = (transport, address, reason, days)
    }
}

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
