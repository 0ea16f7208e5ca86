// SPDX-License-Identifier: Apache-2.0

/// What a caller means to do, and what would come of it if nobody stopped it. A detector never sees one.
struct PlannedCall {
    var start: Instant
    /// The extension that pays.
    var payer: Int
    var destination: Destination
    var route = Route.dialled
    var origin: Origin
    /// Seconds until the answer, or until the caller gives up.
    var ringing: Int
    var isAnswered: Bool
    /// Seconds of speech after the answer.
    var talk: Int
    /// The hardest question that the caller can answer, if any.
    var canConfirm: Question?
    /// Who is connected to the number, when it is not the payer: E.164 without the plus.
    var onBehalfOf: String?
}
