// SPDX-License-Identifier: Apache-2.0

import Foundation
import Guard
import HTTPTypes
import Hummingbird
import Model

/// Why a program is refused, as `application/problem+json` (RFC 9457), with the three parts of every refusal: `title` is what is not
/// done, `detail` why, and `remedy` what to do.
struct APIProblem: Error {
    private struct Body: Encodable {
        let type = "about:blank"
        let status: Int
        let title: String
        let detail: String?
        let remedy: String?
        /// The practice behind it.
        let control: String?
    }

    private let status: HTTPResponse.Status
    private let body: Body

    init(_ status: HTTPResponse.Status, _ title: String) {
        self.status = status
        body = Body(status: status.code, title: title, detail: nil, remedy: nil, control: nil)
    }

    init(_ status: HTTPResponse.Status, _ refusal: Refusal) {
        self.status = status
        body = Body(
            status: status.code,
            title: refusal.problem,
            detail: refusal.reason,
            remedy: refusal.remedy,
            control: refusal.control?.rawValue
        )
    }

    /// What the commands refuse.
    init(_ refusal: Refusal) { self.init(refusal.control == .roles ? .forbidden : .unprocessableContent, refusal) }

    /// Fields that are not those of the command.
    init(_ error: any Error, of command: String) {
        let place = (error as? DecodingError).flatMap(Self.place)
        self.init(
            .badRequest,
            Refusal(
                problem: "The fields of \(command) were not understood.",
                reason: place ?? "they are no JSON object of this command",
                remedy: "see which it has: /api/v1/openapi.json"
            )
        )
    }

    static let noCommand = Self(.notFound, "There is no such command.")
    static let tooFast = Self(.tooManyRequests, "That is too fast. Wait a second.")

    private static func place(of error: DecodingError) -> String? {
        let (context, what): (DecodingError.Context, String)
        switch error {
        case .keyNotFound(let key, let found): (context, what) = (found, "'\(key.stringValue)' is missing")
        case .typeMismatch(_, let found): (context, what) = (found, "it is of another type")
        case .valueNotFound(_, let found): (context, what) = (found, "it is null")
        case .dataCorrupted(let found): (context, what) = (found, "it cannot be read")
        @unknown default: return nil
        }
        let path = context.codingPath.map { $0.intValue.map { "\($0)" } ?? $0.stringValue }.joined(separator: ".")
        return path.isEmpty ? what : "\(path): \(what)"
    }

    var response: Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = (try? encoder.encode(body)) ?? Data("{}".utf8)
        var headers: HTTPFields = [.contentType: "application/problem+json"]
        if status == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
        if status == .tooManyRequests { headers[.retryAfter] = "1" }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: .init(bytes: data)))
    }
}
