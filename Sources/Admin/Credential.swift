// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

extension DigestHashes {
    /// What is kept of a password that was just made: its hash for each algorithm. The password itself is forgotten.
    init(username: String, realm: String, password: SIPPassword) {
        func hash(_ algorithm: DigestAlgorithm) -> Redacted<String> {
            password.text.reveal { text in
                Redacted(
                    HA1(algorithm: algorithm, username: username, realm: realm, password: copy text).hex()
                )
            }
        }
        self.init(md5: hash(.md5), sha256: hash(.sha256), sha512256: hash(.sha512256))
    }
}
