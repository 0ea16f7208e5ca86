// SPDX-License-Identifier: Apache-2.0

import Foundation
import Model
import Primitives

/// What legs cost, as text in the record of their call: a JSON array of ``LegCharge``s, as `JSONDecoder` reads them.
///
/// It is written with each state of a call, and `JSONEncoder` took as long for it as the rest of the record. No value needs to be
/// escaped: names, numbers and times have letters, digits and marks that stand for themselves.
enum ChargeText {
    /// - Returns: `nil` for a call inside.
    static func write(_ charges: [LegCharge]) -> String? {
        guard !charges.isEmpty else { return nil }
        var text = "["
        text.reserveCapacity(charges.count * 480)
        for (index, charge) in charges.enumerated() {
            if index > 0 { text += "," }
            write(charge, into: &text)
        }
        return text + "]"
    }

    static func read(_ text: String?) throws -> [LegCharge] {
        guard let text else { return [] }
        return try JSONDecoder().decode([LegCharge].self, from: Data(text.utf8))
    }

    private static func write(_ charge: LegCharge, into text: inout String) {
        text += "{"
        put("answeredAt", charge.answeredAt, &text)
        put("cost", charge.cost?.description, &text)
        put("currency", charge.currency.code, &text)
        put("deck", charge.deck.text, &text)
        put("extendedAt", charge.extendedAt, &text)
        text += "\"id\":{\"value\":\(charge.id.value)},\"isAfterHours\":\(charge.isAfterHours),"
        put("number", charge.number.text, &text)
        put("numberClass", charge.numberClass.rawValue, &text)
        text += "\"payer\":{"
        put("group", charge.payer.group?.text, &text)
        put("extension", charge.payer.extension.text, &text)
        text += "\"isAtHome\":\(charge.payer.isAtHome),"
        put("trunk", charge.payer.trunk.text, isLast: true, &text)
        text += "},"
        put("prefix", charge.prefix.description, &text)
        put("region", charge.region?.text, &text)
        put("reserved", charge.reserved.description, &text)
        put("reservedAt", charge.reservedAt, &text)
        put("settledAt", charge.settledAt, &text)
        text += "\"slices\":\(charge.slices),\"tariff\":{"
        put("increments", charge.tariff.increments.description, &text)
        put("perMinute", charge.tariff.perMinute.description, &text)
        put("setUp", charge.tariff.setUp.description, isLast: true, &text)
        text += "},\"version\":\(charge.version)}"
    }

    private static func put(_ key: StaticString, _ time: WallTime?, _ text: inout String) {
        guard let time else { return }
        text += "\"\(key)\":{\"milliseconds\":\(time.milliseconds)},"
    }

    private static func put(_ key: StaticString, _ value: String?, isLast: Bool = false, _ text: inout String) {
        guard let value else { return }
        text += "\"\(key)\":\""
        text += value
        text += isLast ? "\"" : "\","
    }
}
