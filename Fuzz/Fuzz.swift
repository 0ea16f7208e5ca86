// SPDX-License-Identifier: Apache-2.0

import Glibc
import Media
import SIP

/// The parsers that read a stranger's bytes. `FUZZ_TARGET` chooses one; `Scripts/fuzz` runs them all.
enum Target: String {
    case message, uri, gruu, sdp, stun, switchboard
    case webSocket = "web-socket"
    case clientHello = "client-hello"
    case keepAlive = "keep-alive"
    case nameAnswer = "name-answer"

    /// `nil` without the variable or with a name that is none.
    static let chosen = getenv("FUZZ_TARGET").flatMap { Target(rawValue: String(cString: $0)) }

    func run(_ bytes: Span<UInt8>) {
        switch self {
        case .message: FuzzTargets.message(bytes)
        case .uri: FuzzTargets.uri(bytes)
        case .gruu: FuzzTargets.gruu(bytes)
        case .sdp: MediaFuzzTargets.sdp(bytes)
        case .stun: MediaFuzzTargets.stun(bytes)
        case .switchboard: FuzzedOffice.run(bytes)
        case .webSocket: FuzzTargets.webSocket(bytes)
        case .clientHello: FuzzTargets.clientHello(bytes)
        case .keepAlive: FuzzTargets.keepAlive(bytes)
        case .nameAnswer: FuzzTargets.nameAnswer(bytes)
        }
    }
}

/// libFuzzer's door: called with each input that it made up. A trap is a finding.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let target = Target.chosen else { fatalError("FUZZ_TARGET is one of Scripts/fuzz") }
    target.run(UnsafeBufferPointer(start: start, count: count).span)
    return 0
}
