// SPDX-License-Identifier: Apache-2.0

import Model

/// What `doctor` looks at.
extension Finding.Code {
    static let folder: Self = "folder"
    static let certificate: Self = "certificate"
    static let certificateNames: Self = "certificate-names"
    static let hostName: Self = "host-name"
    static let clock: Self = "clock"
    static let server: Self = "server"
    static let signallingPort: Self = "signalling-port"
    static let clearPort: Self = "clear-port"
    static let mediaPorts: Self = "media-ports"
    static let fileDescriptors: Self = "file-descriptors"
    static let diskSpace: Self = "disk-space"
    static let prompts: Self = "prompts"
}
