// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// What the API is, as OpenAPI 3.1. `APIDescriptionTests` makes it from the commands and holds it against them.
enum APIDescription {
    static let document = ByteBuffer(bytes: PortalFiles.description)
}
