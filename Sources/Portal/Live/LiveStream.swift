// SPDX-License-Identifier: Apache-2.0

import Admin
import HTTPTypes
import Hummingbird
import Model
import NIOCore
import Primitives
import ServiceLifecycle

/// Parts of a page as they change (server-sent events): those of one role are drawn once a beat for all who watch.
enum LiveStream {
    /// What changes by itself, by the ids of the elements. Written once, for all who watch.
    struct Parts: Sendable {
        fileprivate let key: String
        fileprivate let message: ByteBuffer

        /// - Parameters:
        ///   - content: A change of these is sent at once.
        ///   - frame: These go along.
        init(content: [String: String], frame: [String: String]) {
            key = content.sorted { $0.key < $1.key }.map(\.value).joined()
            message = ByteBuffer(string: "data: \(JSONParts.text(content.merging(frame) { $1 }))\n\n")
        }
    }

    /// Ends when the session does: all sessions are looked at with each beat, once for everybody.
    ///
    /// - Parameter address: Where the browser is, which may not be let in any more one day.
    static func response(
        _ visit: Visit,
        to address: IPAddress,
        _ picture: SharedPicture<Parts>,
        _ draw: @escaping @Sendable () async -> Parts?
    ) -> Response {
        let body = ResponseBody { writer in
            let business = visit.business
            // Here and not before: a browser that is gone by now never gets so far.
            guard business.streams.enter(visit.session.id) else { return try await writer.finish(nil) }
            defer { business.streams.leave(visit.session.id) }
            let begin = ContinuousClock.now
            var (last, silent) = ("", Limits.silentBeats)
            while !Task.isCancelled, !Task.isShuttingDownGracefully {
                guard business.admits(address), await business.holds(visit.session),
                    let parts = await picture.value(for: visit.session.role, notBefore: begin, draw)
                else {
                    try await writer.write(ByteBuffer(string: "event: over\ndata: {}\n\n"))
                    break
                }
                if parts.key != last || silent >= Limits.silentBeats {
                    try await writer.write(parts.message)
                    (last, silent) = (parts.key, 0)
                }
                silent += 1
                try await cancelWhenGracefulShutdown { try await Task.sleep(for: Limits.beat) }
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "text/event-stream; charset=utf-8"], body: body)
    }
}
