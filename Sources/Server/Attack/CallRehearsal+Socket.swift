// SPDX-License-Identifier: Apache-2.0

import Admin
public import Audit
public import Guard
import NIOPosix

extension CallRehearsal {
    /// Over the control socket of the server that works in an installation: a connection for each rehearsal.
    public static func onSocket(
        of installation: Installation
    ) -> @Sendable (CallRehearsal) async throws(WireError) -> [RehearsedCall] {
        let directory = installation.directory
        return { (rehearsal) async throws(WireError) in
            let seen = try? await NIOThreadPool.singleton.runIfActive {
                try ControlClient(directory: directory).perform(RehearseCalls(rehearsal))
            }
            guard let seen else { throw WireError(.closed, "the control socket gave no answer") }
            return seen
        }
    }
}
