// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct ListenerAdd: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Accept phones or browsers on one more address, from the next start of the server on.",
        discussion: """
            Always encrypted: tls for phones, wss for browsers. Phones that have
            certificates of their own can be asked for them.

              ringfence listener add tls 192.0.2.10:5061
              ringfence listener add tls 192.0.2.11:5061 --clients require
            """
    )

    @Argument(help: "tls or wss.")
    var kind: EncryptedListener.Kind

    @Argument(help: ArgumentHelp("The listener's address.", valueName: "ip:port"))
    var address: SocketAddress

    @Option(help: "Whether who connects is asked for a certificate.")
    var clients = ClientCertificates.none

    @OptionGroup var options: ServerOptions

    var command: AddListener { AddListener(kind, address: address.description, clients: clients) }

    func output(of listener: EncryptedListener) throws -> Output {
        try Output(
            "\(listener.words) is accepted on \(listener.address) from the next start on.",
            json: listener,
            hint: "Take it back: ringfence listener remove \(listener.address)"
        )
    }
}

struct ListenerRemove: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Stop accepting phones on an address, from the next start of the server on."
    )

    @Argument(help: ArgumentHelp("The listener's address.", valueName: "ip:port"))
    var address: SocketAddress

    @OptionGroup var options: ServerOptions

    var command: RemoveListener { RemoveListener(address: address.description) }

    func output(of listener: EncryptedListener) throws -> Output {
        let text = "From the next start on \(listener.words) is no longer accepted on \(listener.address)."
        return try Output(text, json: listener)
    }
}

extension EncryptedListener {
    fileprivate var words: String {
        switch kind {
        case .tls: "SIP over TLS"
        case .wss: "SIP over secure WebSockets"
        }
    }
}
