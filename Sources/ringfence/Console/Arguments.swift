// SPDX-License-Identifier: Apache-2.0

import Admin
public import ArgumentParser
public import Model
public import Primitives

// What is typed after an option becomes a value that cannot be wrong, or a typing error.

extension DomainName: ExpressibleByArgument {
    public init?(argument: String) { self.init(parsing: argument) }
}

extension IPAddress: ExpressibleByArgument {
    public init?(argument: String) { self.init(parsing: argument) }
}

extension SocketAddress: ExpressibleByArgument {
    public init?(argument: String) { self.init(parsing: argument) }
}

extension IPPrefix: ExpressibleByArgument {
    public init?(argument: String) { self.init(parsing: argument) }
}

extension Role: ExpressibleByArgument {
    public init?(argument: String) { self.init(parsing: argument) }
}

extension BanSource: ExpressibleByArgument {
    public init?(argument: String) { self.init(parsing: argument) }
}

extension MediaPorts: ExpressibleByArgument {
    public init?(argument: String) { self.init(parsing: argument) }
}

/// `192.0.2.10:5061` or `192.0.2.10:5061,clients=require`.
struct ListenerArgument: ExpressibleByArgument {
    let address: SocketAddress
    let clients: ClientCertificates

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        guard let first = parts.first, let address = SocketAddress(parsing: first), parts.count <= 2 else { return nil }
        self.address = address
        guard parts.count == 2 else {
            clients = .none
            return
        }
        guard parts[1].hasPrefix("clients="), let clients = ClientCertificates(rawValue: String(parts[1].dropFirst(8)))
        else { return nil }
        self.clients = clients
    }

    func listener(_ kind: EncryptedListener.Kind) -> EncryptedListener {
        EncryptedListener(kind, address, clients: clients)
    }
}

extension WebOrigin: ExpressibleByArgument {
    public init?(argument: String) { self.init(parsing: argument) }
}

extension DigestStrength: ExpressibleByArgument {
    /// What phones speak. The rest is understood, so that a person hears why it is refused.
    public static var allValueStrings: [String] { [md5.rawValue, sha256.rawValue] }
}

extension ForwardingPolicy: ExpressibleByArgument {}

extension ParkingSettings.Reach: ExpressibleByArgument {}

extension RingGroup.Order: ExpressibleByArgument {}

extension ForwardSettings.Occasion: ExpressibleByArgument {}

extension ListenerException.Transport: ExpressibleByArgument {}

extension EncryptedListener.Kind: ExpressibleByArgument {}

extension ClientCertificates: ExpressibleByArgument {}

extension Control: ExpressibleByArgument {}

/// What a call may be answered with where it is let go: to refuse is another command.
extension CallAnswer: ExpressibleByArgument {
    public init?(argument: String) {
        guard let answer = Self(rawValue: argument), answer != .refuse else { return nil }
        self = answer
    }

    public static var allValueStrings: [String] { allCases.filter { $0 != .refuse }.map(\.rawValue) }
}

extension NumberClass: ExpressibleByArgument {}

extension AfterHoursSettings.Abroad: ExpressibleByArgument {}

extension PhoneNumber: ExpressibleByArgument {
    public init?(argument: String) { self.init(parsing: argument) }
}

extension PatternSettings.NewCountry: ExpressibleByArgument {}

extension PatternRule: ExpressibleByArgument {
    public init?(argument: String) { self.init(name: argument) }
    public static var allValueStrings: [String] { allCases.filter(\.hasThreshold).map(\.name) }
}

extension NumberPrefix: ExpressibleByArgument {
    public init?(argument: String) { self.init(parsing: argument) }
}

extension OutsideRoute.Order: ExpressibleByArgument {}

extension OutsideRoute.Hours: ExpressibleByArgument {}

extension Trunk.Transport: ExpressibleByArgument {}

extension Trunk.NumberFormat: ExpressibleByArgument {}

extension Trunk.CallerField: ExpressibleByArgument {}

extension Trunk.ForwardField: ExpressibleByArgument {}

extension AlertGroup: ExpressibleByArgument {}

extension Finding.Severity: ExpressibleByArgument {
    public init?(argument: String) {
        guard let severity = Self(rawValue: argument), severity != .good else { return nil }
        self = severity
    }
}

extension MailWay.Security: ExpressibleByArgument {}
