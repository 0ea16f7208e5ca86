// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import Guard
public import Model
public import Primitives
public import Server

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

extension BanSource: ExpressibleByArgument {
    public init?(argument: String) { self.init(parsing: argument) }
}

extension MediaPorts: ExpressibleByArgument {
    public init?(argument: String) { self.init(parsing: argument) }
}

extension DigestStrength: ExpressibleByArgument {}

extension ListenerException.Transport: ExpressibleByArgument {}

extension Control: ExpressibleByArgument {}
