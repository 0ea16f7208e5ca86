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
    case `operator`(OperatorCommand)
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
    case operators([OperatorReport])
    /// The one who was added, or removed.
    case `operator`(OperatorReport)
}
