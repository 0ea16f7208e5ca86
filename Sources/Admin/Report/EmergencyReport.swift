// SPDX-License-Identifier: Apache-2.0

import Guard
public import Model

/// How calls for help are prepared.
public struct EmergencyReport: Hashable, Sendable, Codable {
    public struct Phone: Hashable, Sendable, Codable {
        public let id: DeviceID
        public let `extension`: ExtensionNumber
        public let label: String
        /// Its own, or the one of all.
        public let place: EmergencySettings.Place
        public let hasOwnAddress: Bool
    }

    public struct Way: Hashable, Sendable, Codable {
        public let trunk: TrunkName
        public let way: EmergencySettings.Way
    }

    /// Without outside prefix.
    public let numbers: [DigitString]
    /// `nil` while nobody has said where the business is.
    public let home: Region?
    public let usual: EmergencySettings.Place
    public let phones: [Phone]
    public let told: [ExtensionNumber]
    public let trunks: [Way]
}

extension EmergencyReport {
    init(_ snapshot: Snapshot) {
        let (outside, emergency) = (snapshot.outside, snapshot.outside.emergency)
        let devices = snapshot.devices.values.sorted { ($0.number, $0.id.text) < ($1.number, $1.id.text) }
        numbers = DialPlan(outside.dialing).emergency.numbers
        (home, usual, told) = (outside.dialing.numbering.home, emergency.usual, emergency.told)
        phones = devices.map { device in
            Phone(
                id: device.id,
                extension: device.number,
                label: device.label,
                place: emergency.place(of: device.id),
                hasOwnAddress: emergency.ownPlace(of: device.id).address != nil
            )
        }
        trunks = outside.trunks.keys.sorted().map { Way(trunk: $0, way: emergency.way(over: $0)) }
    }
}
