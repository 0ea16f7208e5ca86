// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// One change of the settings. The store writes it and the snapshot follows, both from this value, so they cannot differ.
public enum Change: Sendable {
    /// Adds an extension, or replaces the one with its number.
    case put(Extension)
    /// Removes an extension and its phones.
    case remove(ExtensionNumber)
    case enrol(Device)
    case revoke(DeviceID)
    case except(ListenerException)
    /// Takes back every exception for that transport and address.
    case withdraw(ListenerException.Transport, address: String)
    /// Adds an operator, or replaces the one with that account.
    case appoint(Operator)
    case dismiss(account: String)
    case addSite(IPPrefix)
    case removeSite(IPPrefix)
    case addOrigin(WebOrigin)
    case removeOrigin(WebOrigin)
    case listen(EncryptedListener)
    case stopListening(EncryptedListener)
    case receiveMedia([MediaPorts])
    /// PEM of the roots that sign clients' certificates; `nil` for our own.
    case trustClients(of: String?)
    /// Where the portal is reached, instead of where it was.
    case servePortal([SocketAddress])
    /// Who may reach it, instead of who might; empty for this machine and private networks.
    case admit([IPPrefix])
    /// `nil` for open at all times.
    case keepHours(OpeningHours?)
    /// How backups are made; `nil` for not at all.
    case keepBackups(BackupSettings?)
    /// How long what tells of people is kept.
    case retain(RetentionSettings)
    case issue(APIToken)
    case recall(token: ShortName)
    /// Of what is arranged with the outside world.
    case outside(OutsideChange)
}

extension Snapshot {
    /// The next snapshot. A change that finds nothing to change leaves everything as it is.
    ///
    /// - Precondition: as for ``init(generation:domain:extensions:devices:exceptions:operators:network:hours:)``.
    public func applying(_ changes: [Change]) -> Snapshot {
        var draft = Draft(self)
        for change in changes { draft.apply(change) }
        return Snapshot(draft, after: self)
    }

    /// The tables of a snapshot while they change.
    struct Draft {
        var extensions: [ExtensionNumber: Extension]
        var devices: [String: Device]
        var usernames: [ExtensionNumber: [String]]
        var exceptions: [ListenerException]
        var operators: [Operator]
        var network: NetworkSettings
        var hours: OpeningHours?
        var outside: OutsideSettings
        var backups: BackupSettings?
        var tokens: [APIToken]
        var retention: RetentionSettings

        init(_ snapshot: Snapshot) {
            (extensions, devices) = (snapshot.extensions, snapshot.devices)
            (usernames, exceptions) = (snapshot.usernames, snapshot.exceptions)
            (operators, network) = (snapshot.operators, snapshot.network)
            (hours, outside, backups) = (snapshot.hours, snapshot.outside, snapshot.backups)
            (tokens, retention) = (snapshot.tokens, snapshot.retention)
        }

        mutating func apply(_ change: Change) {
            switch change {
            case .put(let value): extensions[value.number] = value
            case .remove(let number):
                extensions[number] = nil
                for username in usernames.removeValue(forKey: number) ?? [] { devices[username] = nil }
            case .enrol(let device):
                precondition(extensions[device.number] != nil, "device of \(device.number), which is no extension")
                precondition(devices[device.username] == nil, "two devices with one user name")
                devices[device.username] = device
                usernames[device.number, default: []].append(device.username)
            case .revoke(let id):
                guard let device = devices.values.first(where: { $0.id == id }) else { return }
                devices[device.username] = nil
                usernames[device.number]?.removeAll { $0 == device.username }
            case .except(let exception): exceptions.append(exception)
            case .withdraw(let transport, let address):
                exceptions.removeAll { $0.transport == transport && $0.address == address }
            case .appoint(let new):
                operators.removeAll { $0.account == new.account }
                operators.append(new)
            case .dismiss(let account): operators.removeAll { $0.account == account }
            case .keepHours(let new): hours = new
            case .keepBackups(let new): backups = new
            case .retain(let new): retention = new
            case .issue(let token): tokens.append(token)
            case .recall(let name): tokens.removeAll { $0.name == name }
            case .outside(let change): outside = outside.applying(change)
            case .addSite, .removeSite, .addOrigin, .removeOrigin, .listen, .stopListening, .receiveMedia,
                .trustClients, .servePortal, .admit:
                network.apply(change)
            }
        }
    }
}
