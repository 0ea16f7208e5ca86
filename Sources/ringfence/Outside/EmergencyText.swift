// SPDX-License-Identifier: Apache-2.0

import Admin
import Model

extension EmergencyReport {
    var text: String {
        let numbers = self.numbers.map(\.text).joined(separator: ", ")
        let site = home.map { "in \($0.name)" } ?? "everywhere; the country of the business is not set"
        let told = self.told.isEmpty ? "nobody" : self.told.map { "extension \($0)" }.joined(separator: ", ")
        return """
            Calls for help (\(site)): \(numbers)
            Told at once: \(told)

            \(phoneText)

            \(trunkText)
            """
    }

    var phoneText: String {
        let usual = self.usual.isEmpty ? "" : "\nAll others: \(self.usual.words)"
        guard !phones.isEmpty else { return "There are no phones." + usual }
        let rows = phones.map {
            [
                $0.id.text, $0.extension.text, $0.label, $0.place.callback?.text ?? "-",
                ($0.place.address.map { "\($0)" } ?? "unknown")
                    + ($0.place.address == nil || $0.hasOwnAddress ? "" : " (as all)"),
            ]
        }
        return Table(["phone", "extension", "name", "call back", "place"], rows).text
    }

    private var trunkText: String {
        guard !trunks.isEmpty else { return "There is no trunk that a call for help could leave by." }
        let rows = trunks.map {
            [
                $0.trunk.text, $0.way.takesLocation ? "sent" : "not sent", $0.way.testNumber?.text ?? "-",
                $0.way.lastTest.map { "\($0.passed ? "passed" : "FAILED") \($0.at): \($0.words)" } ?? "never",
            ]
        }
        return Table(["trunk", "location", "test number", "last test"], rows).text
    }
}

extension EmergencySettings.Place {
    fileprivate var words: String {
        [address.map { "\($0)" }, callback.map { "call back \($0)" }].compactMap(\.self).joined(separator: "; ")
    }
}
