// SPDX-License-Identifier: Apache-2.0

import Admin
public import Audit
import Guard
import Model
import NIOPosix
import Primitives
import Store

extension ControlTrials {
    /// Over the control socket of the server that works in an installation: a connection for each command.
    public static func onSocket(of installation: Installation) -> ControlTrials {
        let directory = installation.directory
        return ControlTrials(
            commands: CommandKind.allCases.map { Trial(name: $0.rawValue, rights: $0.rights) },
            say: { (trial, role, number) async throws(WireError) in
                guard let kind = CommandKind(rawValue: trial.name) else {
                    throw WireError(.local, "there is no command \(trial.name)")
                }
                let said: Reply?? = try? await NIOThreadPool.singleton.runIfActive {
                    try? reply(to: kind.harmless(number), as: role, directory)
                }
                guard let reply = said ?? nil else { throw WireError(.closed, "the control socket gave no answer") }
                return reply
            }
        )
    }

    /// - Throws: When there is nobody to ask.
    private static func reply(to command: Command, as role: Role, _ directory: String) throws -> Reply {
        let client = try ControlClient(directory: directory, as: role)
        do throws(Refusal) {
            return .answered(try client.perform(command).owners)
        } catch {
            return .refused(error)
        }
    }
}

extension CommandKind {
    /// Looks at what there is, and changes only what is not there: if it were carried out, nothing would come of it.
    fileprivate func harmless(_ number: ExtensionNumber) -> Command {
        let nothing = "-"
        return switch self {
        case .extensionAdd: .extension(.add([]))
        case .extensionList: .extension(.list)
        case .extensionShow: .extension(.show(number: number.text))
        case .extensionDisable: .extension(.disable(number: nothing))
        case .extensionEnable: .extension(.enable(number: nothing))
        case .extensionGroup: .extension(.group(number: nothing, group: nil))
        case .extensionForwarding: .extension(.forwarding(number: nothing, to: .nobody))
        case .extensionRemove: .extension(.remove(number: nothing))
        case .phoneEnrol: .phone(.enrol([]))
        case .phoneList: .phone(.list(extension: number.text))
        case .phoneRevoke: .phone(.revoke(id: nothing))
        case .registrationList: .registration(.list)
        case .callList: .call(.list)
        case .callEnd: .call(.end(id: nothing))
        case .recordList: .record(.list(limit: 100))
        case .journalList: .journal(.list(limit: 1))
        case .journalVerify: .journal(.verify)
        case .controlList: .control(.list)
        case .controlKeepProofs: .control(.keepProofs(.attack, []))
        case .listenerList: .listener(.list)
        case .listenerExcept:
            .listener(.except(ExceptionRequest(transport: .udp, address: nothing, reason: nothing, days: 0)))
        case .listenerWithdraw: .listener(.withdraw(.udp, address: nothing))
        case .banList: .ban(.list)
        case .banAdd: .ban(.add(BanRequest(source: nothing, reason: nothing, hours: 0)))
        case .banRemove: .ban(.remove(source: nothing))
        case .certificateShow: .certificate(.show)
        case .certificateReplace: .certificate(.replace(CertificatePair(certificate: "", key: Redacted(""))))
        case .eventList: .event(.list(limit: 1))
        case .auditRun: .audit(.run)
        case .doctor: .doctor
        case .operatorAdd: .operator(.add(account: nothing, role: .auditor))
        case .operatorList: .operator(.list)
        case .operatorRemove: .operator(.remove(account: nothing))
        }
    }
}

extension Answer {
    /// Whose each thing in it is, where it is somebody's.
    fileprivate var owners: [[ExtensionNumber]] {
        switch self {
        case .extensions(let list): list.map { [$0.number] }
        case .extension(let detail): [[detail.summary.number]]
        case .extensionChanged(let change): [[change.number]]
        case .enrolled(let phones): phones.map { [$0.extension] }
        case .phones(let phones): phones.map { [$0.extension] }
        case .phoneRevoked(let phone): [[phone.extension]]
        case .registrations(let list): list.map { [$0.extension] }
        case .calls(let calls): calls.map { [$0.caller, $0.callee] }
        case .records(let records): records.map { [$0.caller] + ($0.callee.map { [$0] } ?? []) }
        case .callEnded, .journal, .verification, .controls, .listeners, .listenerExcepted, .listenerWithdrawn, .bans,
            .banned, .banLifted, .certificate, .events, .audit, .proofsKept, .doctor, .operators, .operator:
            []
        }
    }
}
