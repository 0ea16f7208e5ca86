// SPDX-License-Identifier: Apache-2.0

import Guard
import Model

extension Check {
    /// Compares the sockets that the kernel says this process has with the ones that were declared (ATTACKS R08).
    static let openPorts = Check(.openPorts) { system in
        let sockets = await system.sockets()
        let judged = ListenerPolicy.judge(
            declared: system.declared,
            found: sockets,
            exceptions: system.snapshot.exceptions,
            at: system.now
        )
        let findings: [Finding] = judged.compactMap { finding in
            switch finding {
            case .undeclared(let socket): .undeclared(socket)
            case .missing(let listener): .missing(listener)
            // Whether they may be unencrypted is for `signalling-encryption` to say.
            case .unprotected, .excepted: nil
            }
        }
        let list = sockets.map { "\($0.network.rawValue) \($0.address)" }.sorted().joined(separator: ", ")
        return CheckReport(
            control: .openPorts,
            examined: ["sockets of the server in the kernel's list: \(list.isEmpty ? "none" : list)"],
            findings: findings
        )
    }
}

extension Finding {
    fileprivate static func undeclared(_ socket: OpenSocket) -> Self {
        Finding(
            "undeclared",
            .openPorts,
            .critical,
            "The server listens where nobody told it to.",
            evidence: "\(socket.network.rawValue) \(socket.address) is open and not among the declared listeners",
            remedy: "stop the server and report what opened it: ss -lntup"
        )
    }

    fileprivate static func missing(_ listener: Listener) -> Self {
        Finding(
            "missing",
            .openPorts,
            .warning,
            "A way in for phones is closed.",
            evidence: "\(listener.purpose.rawValue) \(listener.address) was declared and is not open",
            remedy: "restart the server; if it stays closed, see who holds the port: ss -lntup"
        )
    }
}
