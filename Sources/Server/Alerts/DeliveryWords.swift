// SPDX-License-Identifier: Apache-2.0

import Admin
import CCurl
import Model

extension DeliveryFailure {
    /// What came of a mail; `nil` when the mail server has taken it.
    init?(mail result: RingfenceDelivered) {
        guard result.code != 0 else { return nil }
        let words = result.words
        if ringfence_is_without_tls(result.code) != 0 {
            self.init("the mail server offers no encryption, and nothing is sent without")
        } else if ringfence_is_login_failure(result.code) != 0 {
            self.init("the mail server refuses our user name or password (\(result.response))")
        } else if let failure = DeliveryFailure(common: result, "the mail server") {
            self = failure
        } else {
            // What it says of one mail for good need not be what it says of the next.
            self.init(
                "the mail server did not take it and answered \(result.response): \(words)",
                isOfMessage: 500..<600 ~= result.response
            )
        }
    }

    /// What came of a webhook; `nil` when it was taken.
    init?(webhook result: RingfenceDelivered) {
        if result.code == 0, 200..<300 ~= result.response { return nil }
        if result.code != 0 {
            self =
                DeliveryFailure(common: result, "the webhook")
                ?? DeliveryFailure("the webhook did not take it: \(result.words)")
            return
        }
        switch result.response {
        case 300..<400:
            self.init(
                "the webhook sends elsewhere (HTTP \(result.response)), which is not followed: name the final address"
            )
        case 400, 413, 422: self.init("the webhook refuses it (HTTP \(result.response))", isOfMessage: true)
        default: self.init("the webhook answered HTTP \(result.response)")
        }
    }

    /// What came of records of a log; `nil` when the collector has them.
    init?(syslog result: RingfenceDelivered) {
        guard result.code != 0 else { return nil }
        self =
            DeliveryFailure(common: result, "the collector of logs")
            ?? DeliveryFailure("the collector of logs did not take it: \(result.words)")
    }

    /// What may be wrong with any of them.
    private init?(common result: RingfenceDelivered, _ side: String) {
        if ringfence_is_certificate_failure(result.code) != 0 {
            self.init("the certificate of \(side) is not to be trusted: \(result.words)")
        } else if ringfence_is_timeout(result.code) != 0 {
            self.init("\(side) did not answer in time")
        } else if ringfence_is_unreachable(result.code) != 0 {
            self.init("\(side) cannot be reached: \(result.words)")
        } else {
            return nil
        }
    }
}

extension RingfenceDelivered {
    /// What libcurl says of it. Some of that the other side said.
    fileprivate var words: String {
        var text = text
        let bytes = withUnsafeBytes(of: &text) { Array($0.prefix { $0 != 0 }.prefix(Limits.deliveryWords)) }
        return AlertText.harmless(String(decoding: bytes, as: UTF8.self))
    }
}
