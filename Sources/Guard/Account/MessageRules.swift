// SPDX-License-Identifier: Apache-2.0

public import Model

/// Proof that a text message was judged and may be passed on. Only ``MessageRules`` makes one.
public struct MayMessage: Hashable, Sendable {
    /// What stands in From: the credential's extension, whatever the phone wrote.
    public let sender: ExtensionNumber
    public let receiver: ExtensionNumber

    init(sender: ExtensionNumber, receiver: ExtensionNumber) {
        (self.sender, self.receiver) = (sender, receiver)
    }
}

/// May this text be passed on? The first rule that says no decides (row S18 of the attack catalogue).
public enum MessageRules {
    /// - Parameters:
    ///   - sender: The phone that sends, by its credential.
    ///   - target: The user part that the message is for, decoded once.
    ///   - isEncrypted: Whether the message came over TLS.
    public static func decide(
        from sender: Device,
        to target: String,
        isEncrypted: Bool,
        in snapshot: Snapshot
    ) -> Verdict<MayMessage> {
        guard snapshot.devices[sender.username]?.id == sender.id, snapshot.extensions[sender.number]?.isEnabled == true
        else { return refuse(403, .sipPasswords, "the phone is no longer enrolled, or its extension is disabled") }
        guard isEncrypted else {
            return refuse(403, .signallingEncryption, "the message was not sent over TLS, so anybody could read it")
        }
        guard let number = snapshot.devices[target]?.number ?? ExtensionNumber(parsing: target),
            let receiver = snapshot.extensions[number]
        else { return refuse(404, nil, "no extension has the number that the message is for") }
        guard number != sender.number else { return refuse(403, nil, "an extension cannot write to itself") }
        guard receiver.isEnabled else { return refuse(480, nil, "extension \(number) is disabled") }
        return .allowed(MayMessage(sender: sender.number, receiver: number))
    }

    private static func refuse(_ status: Int, _ control: Control?, _ reason: String) -> Verdict<MayMessage> {
        .refused(CallRefusal(status: status, control: control, reason: reason))
    }
}
