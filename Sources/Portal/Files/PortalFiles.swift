// SPDX-License-Identifier: Apache-2.0

import CPages

/// Files that are part of the program.
enum PortalFiles {
    /// By name, without their ending.
    static let templates = read(ringfence_templates)
    /// The pages of the controls, as Markdown.
    static let controls = read(ringfence_controls)
    private static let assets = read(ringfence_assets)

    static let style = asset("style")
    static let script = asset("script")
    static let stolenPasswords = asset("stolen-passwords")
    /// What the API is, for programs (OpenAPI 3.1).
    static let description = asset("openapi")
    static let notice = asset("notice")
    static let licence = asset("licence")

    private static func asset(_ name: String) -> [UInt8] {
        guard let bytes = assets[name] else { preconditionFailure("a file of the program is missing: \(name)") }
        return bytes
    }

    private static func read(
        _ table: (UnsafeMutablePointer<Int>?) -> UnsafePointer<ringfence_file>?
    ) -> [String: [UInt8]] {
        var count = 0
        guard let files = table(&count) else { return [:] }
        let pairs = UnsafeBufferPointer(start: files, count: count).map { file in
            let bytes = UnsafeBufferPointer(start: file.bytes, count: file.length)
            return (String(cString: file.name), Array(bytes))
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }
}
