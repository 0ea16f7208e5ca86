// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Foundation
import Guard
import Model
import Portal
import Primitives
import Server

struct PhoneEnrol: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrol",
        abstract: "Make a secret for one phone, and show it this once.",
        discussion: """
            Every phone has a user name and a password of its own, made by Ringfence. They
            are shown now and kept nowhere; if they are lost, revoke the phone and enrol it
            again.

              ringfence phone enrol 101
              ringfence phone enrol 101 --format qr
              ringfence phone enrol 101 --format json > phone.json

            The JSON has the keys username, password, domain, server, transport, srtp and
            ca, which is the root certificate as PEM, or null. The QR code holds the same,
            but for ca, which is 'sha256:' and the root's fingerprint in hexadecimal.
            """
    )

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case json
        case text
        case qr
    }

    @OptionGroup var number: NumberArgument

    @Option(help: "How to show what the phone needs.")
    var format: Format?

    @Option(help: "What people call the phone. Default: 'Phone 1'.")
    var label: String?

    @Option(
        name: .customLong("minimum-digest"),
        help: "The weakest digest the secret is good for (md5 or sha256). Default: what the phone can."
    )
    var minimum: DigestStrength?

    @OptionGroup var options: ServerOptions

    func validate() throws {
        guard !options.json || format == nil || format == .json else {
            throw ValidationError("--json and --format \(format?.rawValue ?? "") do not go together.")
        }
    }

    var command: EnrolPhones { EnrolPhones([NewPhone(extension: number.text, label: label, minimum: minimum)]) }

    func output(of phones: [EnrolledPhone]) throws -> Output {
        guard let phone = phones.first, phones.count == 1 else { throw Refusal.otherThanAsked }
        let text =
            switch options.json ? .json : format ?? .text {
            case .json: try JSONText.of(phone.enrolment)
            case .text: try phone.text
            case .qr: try phone.enrolment.qrCode()
            }
        return Output(text, rawJSON: try JSONText.of(phone.enrolment), hint: format == .json ? nil : hint(for: phone))
    }

    private func hint(for phone: EnrolledPhone) -> String {
        let next = "Next, when the phone is set up: ringfence registration list"
        guard phone.enrolment.ca != nil else { return next }
        return "The root certificate that the phone needs is \(options.folder.path)/tls/ca.pem.\n\(next)"
    }
}

extension EnrolledPhone {
    /// What a person types into a phone.
    fileprivate var text: String {
        get throws {
            let authority = try enrolment.fingerprint.map { "SHA-256 \($0)" } ?? "one that phones know already"
            return """
                Phone \(id) of extension \(`extension`) is enrolled. This is shown once and kept nowhere.
                \(FactList([
                    ("Server", enrolment.server),
                    ("Transport", "\(enrolment.transport.uppercased()), certificate verified"),
                    ("Domain", enrolment.domain),
                    ("User name", enrolment.username),
                    ("Password", enrolment.password.reveal { copy $0 }),
                    ("Audio", "SRTP (\(enrolment.srtp.uppercased())), mandatory"),
                    ("Root certificate", authority),
                ]).text)
                """
        }
    }
}

extension Enrolment {
    /// The fingerprint of the root, as phones show it.
    fileprivate var fingerprint: String? {
        get throws { try ca.map { try CertificateFacts(pem: $0).fingerprint } }
    }

    fileprivate func qrCode() throws -> String {
        guard let code = compact.reveal({ QRCode(copy $0) }) else {
            throw Refusal(
                problem: "The QR code cannot be drawn.",
                reason: "what the phone needs is longer than a QR code can hold",
                remedy: "revoke the phone and enrol it again: ringfence phone enrol --format text"
            )
        }
        return code.text(inColour: isatty(STDOUT_FILENO) == 1)
    }
}
