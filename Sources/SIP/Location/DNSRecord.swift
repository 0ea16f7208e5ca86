// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// A record of the domain name system, as far as SIP servers are found by it (RFC 3263).
public struct DNSRecord: Hashable, Sendable {
    /// What can be asked for, with its number (RFC 1035 §3.2.2, RFC 3596, RFC 2782, RFC 3403).
    public enum Kind: UInt16, Hashable, Sendable, CaseIterable {
        case a = 1
        case aaaa = 28
        case srv = 33
        case naptr = 35
    }

    public enum Value: Hashable, Sendable {
        case address(IPAddress)
        /// Another name for the owner.
        case alias(String)
        case service(Service)
        case pointer(Pointer)
    }

    /// SRV (RFC 2782): lower priority first; among equals a greater weight more often.
    public struct Service: Hashable, Sendable {
        public let priority: UInt16
        public let weight: UInt16
        public let port: UInt16
        /// Empty when the domain says that it has no such service.
        public let target: String

        public init(priority: UInt16, weight: UInt16, port: UInt16, target: String) {
            (self.priority, self.weight, self.port, self.target) = (priority, weight, port, target)
        }
    }

    /// NAPTR (RFC 3403), of which SIP uses those that point to SRV records (RFC 3263 §4.1).
    public struct Pointer: Hashable, Sendable {
        public let order: UInt16
        public let preference: UInt16
        /// `s` for SRV; in lower case.
        public let flags: String
        /// `SIPS+D2T` and its like; in upper case.
        public let service: String
        public let replacement: String

        public init(order: UInt16, preference: UInt16, flags: String, service: String, replacement: String) {
            (self.order, self.preference, self.flags) = (order, preference, flags)
            (self.service, self.replacement) = (service, replacement)
        }
    }

    /// Whom it is about: in lower case, without the final dot.
    public let owner: String
    public let value: Value

    public init(owner: String, value: Value) { (self.owner, self.value) = (owner, value) }
}
