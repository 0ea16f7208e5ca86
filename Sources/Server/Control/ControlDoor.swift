// SPDX-License-Identifier: Apache-2.0

public import Admin
import CNetwork
import Foundation
import Glibc
import Guard
public import Model
import Synchronization

/// Who comes in by the control socket, and who is there now.
///
/// The folder is closed to other accounts and so is the socket, until there are operators: then others may pass through the
/// folder and connect, and the kernel says who each of them is. `Docs/decisions/0013-operators-are-accounts.md`.
public final class ControlDoor: Doorkeeper {
    private struct Guest {
        let account: LocalAccount
        let role: Role
        let isOperator: Bool
        let hangUp: @Sendable () async -> Void
        /// Whether the connection ends after the answer that it waits for.
        var isLeaving = false
    }

    /// Whose command is carried out: operators who take their own role away hear that it is done.
    @TaskLocal static var asking: UInt64?

    private struct State {
        var generation: UInt64
        var operators: [Operator]
        var guests: [UInt64: Guest] = [:]
        var lastTicket: UInt64 = 0
        /// Whether the socket is there.
        var isBound = false
        /// The file that it was bound to.
        var socket: UInt64?
    }

    enum Entry {
        /// With the ticket to leave by.
        case letIn(UInt64)
        case stranger
        case crowded
    }

    public let server: UInt32
    private let folder: Int32
    private let name: String
    private let state: Mutex<State>

    /// - Parameters:
    ///   - path: Of the socket.
    ///   - server: Whose processes may always come in, besides root's; default: the account of this process.
    init(path: String, snapshot: Snapshot, server: UInt32? = nil) throws(Refusal) {
        let end = path.lastIndex(of: "/") ?? path.startIndex
        let directory = path[..<end].isEmpty ? "/" : String(path[..<end])
        name = String(path[end...].drop { $0 == "/" })
        self.server = server ?? geteuid()
        // By descriptor from here on: whoever can move the folder away must not make us open another one.
        folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        state = Mutex(State(generation: snapshot.generation, operators: snapshot.operators))
        guard folder >= 0 else { throw .cannotWrite(directory, errno) }
    }

    deinit { close(folder) }

    // MARK: Doorkeeper

    public func account(named name: String) -> LocalAccount? { LocalAccounts.named(name) }
    public func account(numbered user: UInt32) -> LocalAccount { LocalAccounts.numbered(user) }

    public func apply(_ snapshot: Snapshot, _: [Change]) async {
        let gone = state.withLock { state in
            guard snapshot.generation > state.generation else { return [Guest]() }
            (state.generation, state.operators) = (snapshot.generation, snapshot.operators)
            if state.isBound { _ = setModes(isOpen: state.operators.needControlSocket) }
            var leaving = state.guests.filter { role(of: $0.value.account, in: state) != $0.value.role }
            if let asking = Self.asking, leaving.removeValue(forKey: asking) != nil {
                state.guests[asking]?.isLeaving = true
            }
            return Array(leaving.values)
        }
        for guest in gone { await guest.hangUp() }
    }

    // MARK: The socket

    /// Before the socket is bound: what a server that was killed left open is closed.
    func closeFolder() throws(Refusal) {
        guard fchmod(folder, 0o700) == 0 else { throw .cannotWrite(name, errno) }
    }

    func bound() throws(Refusal) {
        let isSet = state.withLock { state in
            (state.isBound, state.socket) = (true, socketFile)
            return setModes(isOpen: state.operators.needControlSocket)
        }
        guard isSet else { throw .cannotWrite(name, errno) }
    }

    /// Whether whoever connects by the socket's name reaches us: its file is the one that was bound. Its number is nobody
    /// else's while the socket is open.
    var isInPlace: Bool { state.withLock { $0.socket != nil && $0.socket == socketFile } }

    private var socketFile: UInt64? {
        var file = RingfenceFile()
        return ringfence_file(folder, name, &file) == 0 ? file.number : nil
    }

    func unbind() {
        state.withLock { state in
            state.isBound = false
            _ = fchmod(folder, 0o700)
            unlinkat(folder, name, 0)
        }
    }

    /// The socket is open only while the folder is, and never wider than it says.
    private func setModes(isOpen: Bool) -> Bool {
        let modes = [SecretFileRules.Purpose.directory, .adminSocket].map { $0.mostAllowed(hasOperators: isOpen) }
        let folderIsSet = { fchmod(self.folder, mode_t(modes[0])) == 0 }
        let socketIsSet = { fchmodat(self.folder, self.name, mode_t(modes[1]), AT_SYMLINK_NOFOLLOW) == 0 }
        return isOpen ? socketIsSet() && folderIsSet() : folderIsSet() && socketIsSet()
    }

    // MARK: Guests

    /// - Parameter hangUp: Ends the connection.
    func enter(_ account: LocalAccount, hangUp: @escaping @Sendable () async -> Void) -> Entry {
        state.withLock { state in
            guard let role = role(of: account, in: state) else { return .stranger }
            let isOperator = !OperatorRules.isAlwaysOwner(account.user, server: server)
            guard state.guests.count < ControlLimits.connections,
                !isOperator || hasRoom(for: account, among: state.guests)
            else { return .crowded }
            state.lastTicket += 1
            state.guests[state.lastTicket] = Guest(
                account: account,
                role: role,
                isOperator: isOperator,
                hangUp: hangUp
            )
            return .letIn(state.lastTicket)
        }
    }

    /// Whether a guest is to be told nothing more.
    func isLeaving(_ ticket: UInt64) -> Bool { state.withLock { $0.guests[ticket]?.isLeaving == true } }

    func leave(_ ticket: UInt64) { state.withLock { $0.guests[ticket] = nil } }

    /// Operators leave room for the owner, and for each other.
    private func hasRoom(for account: LocalAccount, among guests: [UInt64: Guest]) -> Bool {
        guests.values.count { $0.isOperator } < ControlLimits.operatorConnections
            && guests.values.count { $0.account == account } < ControlLimits.connectionsPerOperator
    }

    private func role(of account: LocalAccount, in state: State) -> Role? {
        OperatorRules.role(of: .account(account), server: server, among: state.operators)
    }
}
