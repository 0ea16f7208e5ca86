// SPDX-License-Identifier: Apache-2.0

public import Model
public import Store

/// Everything an operator can ask for, whatever the front end: a noun and a verb.
public enum Command: Hashable, Sendable, Codable {
    case `extension`(ExtensionCommand)
    case phone(PhoneCommand)
    case registration(RegistrationCommand)
    case call(CallCommand)
    case record(RecordCommand)
    case journal(JournalCommand)
    case control(ControlCommand)
    case listener(ListenerCommand)
    case ban(BanCommand)
    case certificate(CertificateCommand)
    case event(EventCommand)
    case audit(AuditCommand)
    case doctor

    /// Whether it may leave anything different from how it found it. An audit only looks.
    public var changesSomething: Bool {
        switch self {
        case .extension(let command): command.changesSomething
        case .phone(let command): command.changesSomething
        case .call(let command): command.changesSomething
        case .control(let command): command.changesSomething
        case .listener(let command): command.changesSomething
        case .ban(let command): command.changesSomething
        case .certificate(let command): command.changesSomething
        case .registration(.list), .record(.list), .journal(.list), .journal(.verify), .event(.list), .audit(.run),
            .doctor:
            false
        }
    }

    /// `extension.add`: its name in the journal.
    public var name: String {
        switch self {
        case .extension(let command): command.name
        case .phone(let command): command.name
        case .registration(.list): "registration.list"
        case .call(let command): command.name
        case .record(.list): "record.list"
        case .journal(.list): "journal.list"
        case .journal(.verify): "journal.verify"
        case .control(let command): command.name
        case .listener(let command): command.name
        case .ban(let command): command.name
        case .certificate(let command): command.name
        case .event(.list): "event.list"
        case .audit(.run): "audit.run"
        case .doctor: "doctor"
        }
    }
}

/// What a command is answered with when it is not refused.
public enum Answer: Hashable, Sendable, Codable {
    /// What was added, in the order asked for.
    case extensions([ExtensionReport])
    case `extension`(ExtensionDetail)
    case extensionChanged(ExtensionChange)
    /// Each holds a password, this once.
    case enrolled([EnrolledPhone])
    case phones([PhoneReport])
    case phoneRevoked(PhoneRevocation)
    case registrations([RegistrationReport])
    case calls([CallReport])
    case callEnded(id: String)
    case records([CallRecord])
    case journal([JournalEntry])
    case verification(JournalVerification)
    case controls([ControlReport])
    case listeners([ListenerReport])
    case listenerExcepted(ListenerException)
    case listenerWithdrawn(ListenerException)
    case bans([Ban])
    case banned(Ban)
    case banLifted(Ban)
    case certificate(CertificateReport)
    case events([SecurityEvent])
    case audit(AuditSummary)
    case proofsKept(count: Int)
    case doctor(DoctorReport)
}
