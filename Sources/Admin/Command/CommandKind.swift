// SPDX-License-Identifier: Apache-2.0

public import Guard
import Model

/// A command without what it is done to. Its raw value is its name in the journal.
public enum CommandKind: String, CaseIterable, Hashable, Sendable {
    case extensionAdd = "extension.add"
    case extensionList = "extension.list"
    case extensionShow = "extension.show"
    case extensionDisable = "extension.disable"
    case extensionEnable = "extension.enable"
    case extensionGroup = "extension.group"
    case extensionForwarding = "extension.forwarding"
    case extensionRemove = "extension.remove"
    case phoneEnrol = "phone.enrol"
    case phoneList = "phone.list"
    case phoneRevoke = "phone.revoke"
    case registrationList = "registration.list"
    case callList = "call.list"
    case callEnd = "call.end"
    case recordList = "record.list"
    case journalList = "journal.list"
    case journalVerify = "journal.verify"
    case controlList = "control.list"
    case controlKeepProofs = "control.keep-proofs"
    case listenerList = "listener.list"
    case listenerExcept = "listener.except"
    case listenerWithdraw = "listener.withdraw"
    case banList = "ban.list"
    case banAdd = "ban.add"
    case banRemove = "ban.remove"
    case certificateShow = "certificate.show"
    case certificateReplace = "certificate.replace"
    case eventList = "event.list"
    case auditRun = "audit.run"
    case doctor = "doctor"
    case operatorAdd = "operator.add"
    case operatorList = "operator.list"
    case operatorRemove = "operator.remove"

    /// What somebody needs who wants it done: all of them.
    public var rights: [Right] {
        switch self {
        case .extensionList: [.seeExtensions]
        case .extensionShow: [.seeExtensions, .seePhones, .seeRegistrations, .seeCalls]
        case .extensionAdd, .extensionEnable, .extensionGroup, .extensionForwarding, .extensionRemove:
            [.changeExtensions]
        case .extensionDisable: [.cutOffExtensions]
        case .phoneEnrol: [.enrolPhones]
        case .phoneList: [.seePhones]
        case .phoneRevoke: [.revokePhones]
        case .registrationList: [.seeRegistrations]
        case .callList: [.seeCalls]
        case .callEnd: [.endCalls]
        case .recordList: [.seeRecords]
        case .journalList, .journalVerify: [.readJournal]
        case .controlList: [.seeControls]
        case .controlKeepProofs: [.keepProofs]
        case .listenerList: [.seeListeners]
        case .listenerExcept: [.openListeners]
        case .listenerWithdraw: [.closeListeners]
        case .banList: [.seeBans]
        case .banAdd: [.shutOut]
        case .banRemove: [.letIn]
        case .certificateShow: [.seeCertificate]
        case .certificateReplace: [.replaceCertificate]
        case .eventList: [.seeEvents]
        case .auditRun: [.runAudit]
        case .doctor: [.diagnose]
        case .operatorAdd, .operatorRemove: [.appointOperators]
        case .operatorList: [.seeOperators]
        }
    }

    /// Whether it may leave anything different from how it found it. An audit only looks.
    public var changesSomething: Bool { rights.contains(where: \.changesSomething) }
}

extension Command {
    public var kind: CommandKind {
        switch self {
        case .extension(let command): command.kind
        case .phone(.enrol): .phoneEnrol
        case .phone(.list): .phoneList
        case .phone(.revoke): .phoneRevoke
        case .registration(.list): .registrationList
        case .call(.list): .callList
        case .call(.end): .callEnd
        case .record(.list): .recordList
        case .journal(.list): .journalList
        case .journal(.verify): .journalVerify
        case .control(.list): .controlList
        case .control(.keepProofs): .controlKeepProofs
        case .listener(.list): .listenerList
        case .listener(.except): .listenerExcept
        case .listener(.withdraw): .listenerWithdraw
        case .ban(.list): .banList
        case .ban(.add): .banAdd
        case .ban(.remove): .banRemove
        case .certificate(.show): .certificateShow
        case .certificate(.replace): .certificateReplace
        case .event(.list): .eventList
        case .audit(.run): .auditRun
        case .doctor: .doctor
        case .operator(.add): .operatorAdd
        case .operator(.list): .operatorList
        case .operator(.remove): .operatorRemove
        }
    }

    /// Whose things somebody wants to look at who may not look at all of them. What changes something is for those who may.
    var subject: Authoriser.Subject {
        switch self {
        case .extension(.show(let number)): .extension(ExtensionNumber(parsing: number))
        case .phone(.list(let number?)): .extension(ExtensionNumber(parsing: number))
        case .extension, .phone, .registration, .call, .record, .journal, .control, .listener, .ban, .certificate,
            .event, .audit, .doctor, .operator:
            .any
        }
    }
}

extension ExtensionCommand {
    fileprivate var kind: CommandKind {
        switch self {
        case .add: .extensionAdd
        case .list: .extensionList
        case .show: .extensionShow
        case .disable: .extensionDisable
        case .enable: .extensionEnable
        case .group: .extensionGroup
        case .forwarding: .extensionForwarding
        case .remove: .extensionRemove
        }
    }
}
