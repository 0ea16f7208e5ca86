// SPDX-License-Identifier: Apache-2.0

import Foundation
import Guard

/// What is remembered of what people were told, as bytes for the store.
enum AlertCoding {
    static func encode(_ alerts: Alerts) -> [UInt8]? { (try? JSONEncoder().encode(alerts)).map { Array($0) } }

    /// - Returns: `nil` for what another version wrote: then something may be told once more.
    static func decode(_ bytes: [UInt8]) -> Alerts? { try? JSONDecoder().decode(Alerts.self, from: Data(bytes)) }
}
