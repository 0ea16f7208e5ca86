// SPDX-License-Identifier: Apache-2.0

/// Everything that calls are decided by, at one moment. Immutable: a change makes the next one, and whoever holds this one
/// decides consistently until it is handed the next.
public struct Snapshot: Sendable {
    /// One more than the snapshot it replaces.
    public let generation: UInt64
    public let business: BusinessID
    public let domain: DomainName
    public let extensions: [ExtensionNumber: Extension]
    /// By digest user name.
    public let devices: [String: Device]
    public let exceptions: [ListenerException]
    /// Who may run the system besides its own account and root.
    public let operators: [Operator]
    public let network: NetworkSettings
    /// When the business is open; `nil` for at all times.
    public let hours: OpeningHours?
    public let outside: OutsideSettings
    /// How backups are made; `nil` for not at all.
    public let backups: BackupSettings?
    /// What lets programs work with the API.
    public let tokens: [APIToken]
    public let retention: RetentionSettings
    let usernames: [ExtensionNumber: [String]]

    /// - Parameter business: Its own where there are several.
    /// - Precondition: every device's extension is among `extensions`, and no number or user name comes twice. The store's
    ///   foreign keys and unique indexes promise it.
    public init(
        generation: UInt64,
        business: BusinessID = BusinessID(1),
        domain: DomainName,
        extensions: [Extension],
        devices: [Device],
        exceptions: [ListenerException] = [],
        operators: [Operator] = [],
        network: NetworkSettings = NetworkSettings(),
        hours: OpeningHours? = nil,
        outside: OutsideSettings = .none,
        backups: BackupSettings? = nil,
        tokens: [APIToken] = [],
        retention: RetentionSettings = RetentionSettings()
    ) {
        (self.generation, self.business) = (generation, business)
        (self.domain, self.exceptions) = (domain, exceptions)
        (self.operators, self.network, self.hours) = (operators, network, hours)
        (self.outside, self.backups, self.tokens, self.retention) = (outside, backups, tokens, retention)
        self.extensions = Dictionary(uniqueKeysWithValues: extensions.map { ($0.number, $0) })
        self.devices = Dictionary(uniqueKeysWithValues: devices.map { ($0.username, $0) })
        usernames = Dictionary(grouping: devices, by: \.number).mapValues { devices in
            devices.sorted { ($0.createdAt, $0.id.text) < ($1.createdAt, $1.id.text) }.map(\.username)
        }
        for number in usernames.keys {
            precondition(self.extensions[number] != nil, "device of \(number), which is no extension")
        }
    }

    /// The snapshot that follows another one.
    init(_ draft: Draft, after earlier: Snapshot) {
        (generation, business) = (earlier.generation + 1, earlier.business)
        (domain, exceptions) = (earlier.domain, draft.exceptions)
        (extensions, devices, usernames) = (draft.extensions, draft.devices, draft.usernames)
        (operators, network, hours) = (draft.operators, draft.network, draft.hours)
        (outside, backups, tokens, retention) = (draft.outside, draft.backups, draft.tokens, draft.retention)
    }

    /// The phones of one extension, oldest first; none for a number that is no extension.
    public func devices(of number: ExtensionNumber) -> [Device] {
        (usernames[number] ?? []).compactMap { devices[$0] }
    }

    public func device(_ id: DeviceID) -> Device? { devices.values.first { $0.id == id } }

    /// How many phones one extension has.
    public func deviceCount(of number: ExtensionNumber) -> Int { usernames[number]?.count ?? 0 }
}
