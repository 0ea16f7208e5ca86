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
            commands: CommandRegistry.all.map { Trial(name: $0.name, rights: $0.rights) },
            say: { (trial, role, number) async throws(WireError) in
                guard let command = CommandRegistry.command(named: trial.name) else {
                    throw WireError(.local, "there is no command \(trial.name)")
                }
                let said: Reply?? = try? await NIOThreadPool.singleton.runIfActive {
                    try? reply(to: command.harmless(number), as: role, directory)
                }
                guard let reply = said ?? nil else { throw WireError(.closed, "the control socket gave no answer") }
                return reply
            }
        )
    }

    /// - Throws: When there is nobody to ask.
    private static func reply(to command: some Command, as role: Role, _ directory: String) throws -> Reply {
        let client = try ControlClient(directory: directory, as: role)
        do throws(Refusal) {
            return .answered(owners(of: try client.perform(command), to: command))
        } catch {
            return .refused(error)
        }
    }

    /// Whose each thing in an answer is, where it is somebody's.
    private static func owners<Asked: Command>(of reply: Asked.Reply, to _: Asked) -> [[ExtensionNumber]] {
        guard let type = Asked.self as? any ExtensionCommand.Type else { return [] }
        return owners(of: reply, to: type)
    }

    private static func owners<Asked: ExtensionCommand>(of reply: Any, to _: Asked.Type) -> [[ExtensionNumber]] {
        (reply as? Asked.Reply).map(Asked.owners) ?? []
    }
}
