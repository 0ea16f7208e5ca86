// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Guard
public import Model
public import Primitives
import Store

/// Looks at an installation from outside, with the server running or not, and changes nothing.
public struct Doctor: Sendable {
    let installation: Installation
    /// What the running server said of its listeners; `nil` when none runs.
    let serving: Serving?
    let now: Date
    /// The addresses of a host name. May block.
    let resolve: @Sendable (String) -> [IPAddress]

    public init(
        _ installation: Installation,
        serving: Serving?,
        at now: Date,
        resolve: @escaping @Sendable (String) -> [IPAddress] = Doctor.askSystem
    ) {
        (self.installation, self.serving, self.now, self.resolve) = (installation, serving, now, resolve)
    }

    /// Every look, in the order in which a person would mend things.
    public func examine() async -> [Finding] {
        var findings = [folder(), clock()]
        findings += certificate()
        findings.append(await hostName())
        findings.append(server())
        findings.append(await signallingPort())
        findings.append(clearPort())
        findings.append(mediaPorts())
        findings += [fileDescriptors(), diskSpace(), prompts()]
        return findings
    }

    /// What mailboxes say. Without it they work, and nobody knows what they want.
    private func prompts() -> Finding {
        guard !PromptShelf.isFilled else { return Finding(.prompts, .good, "Mailboxes speak with a human voice") }
        return Finding(
            .prompts,
            .notice,
            "Mailboxes say tones instead of words",
            evidence: "Debian's package \(PromptShelf.package) is not installed.",
            remedy: "Install it: apt install \(PromptShelf.package)"
        )
    }

    private func server() -> Finding {
        guard let serving else {
            if let word = installation.word { return refused(word) }
            if let trouble = RingfenceStore.damage(in: installation.directory) {
                let refusal = Refusal(trouble, in: installation.directory)
                return Finding(
                    .server,
                    .critical,
                    "The server is not running and cannot start",
                    evidence: "Because \(refusal.reason).",
                    remedy: "To mend it, \(refusal.remedy)."
                )
            }
            return Finding(
                .server,
                .critical,
                "The server is not running",
                evidence: "No phone can register or call.",
                remedy: "Start it: ringfence serve --data \(installation.directory)"
            )
        }
        return Finding(.server, .good, "The server is running, SIP over TLS on \(serving.sipTLS)")
    }

    /// It is one of several businesses, and the only process that could serve it did not.
    private func refused(_ word: Refusal) -> Finding {
        Finding(
            .server,
            .critical,
            "The server did not serve this business: \(word.problem)",
            evidence: "Because \(word.reason).",
            remedy: "To mend it, \(word.remedy). Then start the server again."
        )
    }

    /// The end of a command line for this installation.
    var here: String { "--data \(installation.directory)" }
}
