// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Store

/// From what somebody typed to what there is.
extension Administrator {
    func parse(_ text: String) throws(Refusal) -> ExtensionNumber {
        guard let number = ExtensionNumber(parsing: text) else { throw .noNumber(text) }
        return number
    }

    func find(_ text: String) throws(Refusal) -> Extension {
        let number = try parse(text)
        guard let value = store.snapshot.extensions[number] else { throw .noExtension(number) }
        return value
    }

    func name(_ text: String) throws(Refusal) -> String {
        guard let name = DisplayName.parse(text) else { throw .badName(text) }
        return name
    }

    func group(_ text: String) throws(Refusal) -> PickupGroup {
        guard let group = PickupGroup(parsing: text) else { throw .badGroup(text) }
        return group
    }

    func require(_ count: Int) throws(Refusal) {
        guard count > 0 else { throw .nothingAsked() }
        guard count <= Limits.perCommand else { throw .tooMuchAsked() }
    }
}

extension Caller {
    func draft(_ action: String, _ subject: String, _ detail: String) -> JournalDraft {
        JournalDraft(actor: name, action: action, subject: subject, detail: detail)
    }
}
