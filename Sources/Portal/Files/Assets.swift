// SPDX-License-Identifier: Apache-2.0

import Crypto
import HTTPTypes
import Hummingbird

/// Style and script. Their names change with their content, so browsers keep them for a year.
struct Assets {
    static let style = Assets("portal", "css", "text/css; charset=utf-8", PortalFiles.style)
    static let script = Assets("portal", "js", "text/javascript; charset=utf-8", PortalFiles.script)

    let path: String
    let file: String
    private let type: String
    private let bytes: ByteBuffer

    private init(_ name: String, _ ending: String, _ type: String, _ bytes: [UInt8]) {
        let hash = SHA256.hash(data: bytes).prefix(8).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        file = "\(name)-\(hash.joined()).\(ending)"
        path = "/assets/\(file)"
        (self.type, self.bytes) = (type, ByteBuffer(bytes: bytes))
    }

    static func named(_ file: String) -> Assets? { [style, script].first { $0.file == file } }

    var response: Response {
        Response(
            status: .ok,
            headers: [.contentType: type, .cacheControl: "public, max-age=31536000, immutable"],
            body: ResponseBody(byteBuffer: bytes)
        )
    }
}
