// SPDX-License-Identifier: Apache-2.0

public import Admin
import Foundation
import Glibc
public import Guard
public import Model

/// The speaking end of the control socket. It blocks: the command line has nothing else to do.
public final class ControlClient {
    private let descriptor: Int32
    private let directory: String
    private let role: Role?
    private var lines = LineBuffer(limit: ControlLimits.answer)
    private var lastID: Int64 = 0

    /// Needs no right in the folder but to pass through it.
    ///
    /// - Parameters:
    ///   - directory: The folder of the installation.
    ///   - role: The role to act in, which gives no right that this account has not; default: its own.
    /// - Throws: A refusal when no server runs there or this account may not speak to it.
    public init(directory path: String, as role: Role? = nil) throws(Refusal) {
        (directory, self.role) = (Installation.absolute(path), role)
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .systemRefused(errno) }
        // Longer than the server's own deadline, which answers in words.
        var patience = timeval(tv_sec: Int(ControlLimits.command.components.seconds) + 10, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        guard Self.connect(descriptor, to: Installation.controlSocket(in: directory)) else {
            // `deinit` closes the socket: everything is initialised, so it runs.
            let code = errno
            if code == EACCES || code == EPERM { throw .otherAccount(directory) }
            // Says so where there is no phone system at all. A socket that nobody answers on belongs to one.
            if code == ENOENT { _ = try Installation(opening: directory) }
            throw .notRunning(directory)
        }
        try checkServer()
    }

    /// The one who answers is the one the folder belongs to, and nobody else can have put another folder there.
    private func checkServer() throws(Refusal) {
        guard let owner = FolderOwners.owner(of: directory) else { return }
        let owners = FolderOwners(directory, of: owner)
        if let refusal = owners.parents() { throw refusal }
        guard let server = ControlPeer.user(of: descriptor), OwnerRules.isTrusted(server, by: owners.account) else {
            throw .strangeServer(directory, owner: owners.account.name)
        }
    }

    public convenience init(_ installation: Installation, as role: Role? = nil) throws(Refusal) {
        try self.init(directory: installation.directory, as: role)
    }

    deinit { close(descriptor) }

    /// - Throws: The server's refusal, or one of our own when the server went away or is of another version.
    public func perform<Asked: Command>(_ command: Asked) throws(Refusal) -> Asked.Reply {
        lastID += 1
        guard let request = try? ControlCoding.encode(ControlRequest(id: lastID, as: role, command: command)) else {
            throw .wentAway(directory)
        }
        // A server that refuses the connection itself says why before it closes, even when it never read the request.
        send(request)
        guard let line = receive() else { throw .wentAway(directory) }
        guard let response = try? ControlCoding.decode(ControlResponse<Asked.Reply>.self, from: line) else {
            throw .answerNotUnderstood
        }
        if let refusal = response.refusal { throw refusal }
        guard response.id == lastID, let answer = response.answer else { throw .wentAway(directory) }
        return answer
    }

    private func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    private func receive() -> [UInt8]? {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            do {
                if let line = try lines.next() { return line }
            } catch {
                return nil
            }
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            lines.append(chunk[..<count])
        }
    }

    private static func connect(_ descriptor: Int32, to path: String) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}

extension Refusal {
    /// - Parameter path: Of the folder, as somebody typed it.
    public static func notRunning(in path: String) -> Self { notRunning(Installation.absolute(path)) }

    fileprivate static func notRunning(_ directory: String) -> Self {
        Self(
            problem: "The phone system in \(directory) is not running.",
            reason: "this command speaks to the running server, and nobody answers on its control socket",
            remedy: "start it: ringfence serve --data \(directory)"
        )
    }

    fileprivate static func otherAccount(_ directory: String) -> Self {
        Self(
            problem: "This account may not run the phone system in \(directory).",
            reason: "whoever can send commands can enrol phones and read every call record",
            remedy:
                "run the command as the account that runs 'ringfence serve'; an operator can while the server runs: "
                + "ringfence operator add"
        )
    }

    fileprivate static func strangeServer(_ directory: String, owner: String) -> Self {
        Self(
            .credentialDelivery,
            problem: "Somebody else answers for the phone system in \(directory).",
            reason:
                "the folder belongs to \(owner), and the process behind its control socket runs under another account",
            remedy: "find out which it is before you type a secret: fuser -v \(directory)/control.sock"
        )
    }

    fileprivate static func wentAway(_ directory: String) -> Self {
        Self(
            problem: "The server stopped before it answered.",
            reason: "the connection to its control socket ended; the command may or may not have been carried out",
            remedy: "look at it: ringfence doctor --data \(directory)"
        )
    }

    /// The server is of another version.
    fileprivate static let answerNotUnderstood = Self(
        problem: "The server's answer was not understood.",
        reason: "this program and the running server are not of one version",
        remedy: "restart the server with this program: ringfence --version"
    )

    fileprivate static func systemRefused(_ code: Int32) -> Self {
        Self(
            problem: "No connection to the server can be made.",
            reason: String(cString: strerror(code)),
            remedy: "look at the machine: ringfence doctor"
        )
    }
}
