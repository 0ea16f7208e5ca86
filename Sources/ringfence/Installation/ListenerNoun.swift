// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct ListenerNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "listener",
        abstract: "Where the server can be reached, and exceptions to encryption.",
        subcommands: [
            ListenerList.self, ListenerAdd.self, ListenerRemove.self, ListenerExcept.self, ListenerWithdraw.self,
        ]
    )
}

struct ListenerList: ServerCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show every listener.")

    @OptionGroup var options: ServerOptions

    var command: ListListeners { ListListeners() }

    func output(of list: ListListeners.Reply) throws -> Output {
        try Output(ListenerReport.table(list), json: list)
    }
}

struct ListenerExcept: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "except",
        abstract: "Open a listener without encryption, for named devices and a limited time.",
        discussion: """
            Whoever shares the network reads every login and call there. It closes by
            itself.

            Over UDP a phone that is not registered gets an answer only where it is
            shorter than the question, so that nobody can aim answers at somebody else:
            a REGISTER of less than about 400 bytes is never challenged. A phone that
            sends so little has to use TCP, or better TLS.

              ringfence listener except udp 192.0.2.10:5060 --days 30 \\
                --reason "door phone in building 2 until it is replaced; said A. Owner"
            """
    )

    @Argument(help: "udp or tcp.")
    var transport: ListenerException.Transport

    @Argument(help: ArgumentHelp("The listener's address.", valueName: "ip:port"))
    var address: SocketAddress

    @Option(help: "Which devices need it, and who decided.")
    var reason: String

    @Option(help: "For how many days.")
    var days: Int

    @OptionGroup var options: ServerOptions

    var command: ExceptListener {
        ExceptListener(transport: transport, address: address.description, reason: reason, days: days)
    }

    func output(of exception: ExceptListener.Reply) throws -> Output {
        let text = "\(exception.name) is allowed without encryption until \(exception.until.seconds)."
        let hint = "Take it back: ringfence listener withdraw \(transport.rawValue) \(address)"
        return try Output(text, json: exception, hint: hint)
    }
}

struct ListenerWithdraw: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw",
        abstract: "Close a listener without encryption before its time."
    )

    @Argument(help: "udp or tcp.")
    var transport: ListenerException.Transport

    @Argument(help: ArgumentHelp("The listener's address.", valueName: "ip:port"))
    var address: SocketAddress

    @OptionGroup var options: ServerOptions

    var command: WithdrawListener { WithdrawListener(transport, address: address.description) }

    func output(of exception: WithdrawListener.Reply) throws -> Output {
        try Output("\(exception.name) is not allowed any longer.", json: exception)
    }
}

extension ListenerReport {
    static func table(_ listeners: [ListenerReport]) -> String {
        let rows = listeners.map {
            [
                $0.listener.purpose.rawValue, $0.listener.address, $0.isOpen ? "open" : "closed",
                $0.exception.map { "until \($0.until.seconds): \($0.reason)" } ?? "-",
            ]
        }
        return Table(["listener", "address", "state", "exception"], rows).text
    }
}

extension ListenerException {
    /// `SIP over UDP on 192.0.2.10:5060`.
    fileprivate var name: String { "SIP over \(transport.rawValue.uppercased()) on \(address.shown)" }
}
