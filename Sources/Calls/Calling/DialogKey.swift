// SPDX-License-Identifier: Apache-2.0

import SIP

/// Names a dialog from our side (§12): Call-ID, our tag, their tag.
struct DialogKey: Hashable, Sendable {
    private let callID: [UInt8]
    private let localTag: [UInt8]
    private let remoteTag: [UInt8]

    init(callID: [UInt8], localTag: [UInt8], remoteTag: [UInt8]) {
        (self.callID, self.localTag, self.remoteTag) = (callID, localTag, remoteTag)
    }

    init(_ dialog: Dialog) {
        (callID, localTag, remoteTag) = (dialog.callID, dialog.localTag, dialog.remoteTag)
    }

    /// Of a request that we received.
    init?(_ request: Message) {
        guard let callID = try? request.callID(), let to = try? request.to(), let from = try? request.from(),
            let localTag = to.tag, let remoteTag = from.tag
        else { return nil }
        self.callID = Array(request.bytes(callID))
        self.localTag = Array(request.bytes(localTag))
        self.remoteTag = Array(request.bytes(remoteTag))
    }
}

struct DialogOwner: Sendable {
    let call: UInt64
    let side: Side
}
