// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

extension Check {
    /// Looks which networks may reach the portal, and knocks from one that may not (ATTACKS P14).
    static let adminNetworks = Check(.adminNetworks) { system in
        let network = system.snapshot.network
        let admitted = network.admins.isEmpty ? AdminNetworkRules.usual : network.admins
        var findings = admitted.filter(AdminNetworkRules.isWiderThanABusiness).map(Finding.wide)
        var examined = ["\(admitted.count) networks that may reach the portal"]
        for place in system.portal.places {
            guard system.portal.hasStranger else {
                examined.append("\(place) not from outside: every address of this machine may reach it")
                continue
            }
            let hello = TLSTrial.today[1].hello.bytes(
                host: "\(place.ip)",
                using: Entropy { UInt64.random(in: 0...(.max)) }
            )
            let heard = await system.portal.say(hello, place, .stranger)
            if !heard.isEmpty { findings.append(.answersStrangers(place, heard.count)) }
            examined.append("\(place) from an address that may not: \(heard.count) bytes")
        }
        if system.portal.places.isEmpty { examined.append("the portal is reached nowhere") }
        return CheckReport(control: .adminNetworks, examined: examined, findings: findings)
    }
}

extension Finding {
    fileprivate static func wide(_ prefix: IPPrefix) -> Self {
        Finding(
            "wide",
            .adminNetworks,
            .warning,
            "More of the internet may reach the portal than one business has.",
            evidence: "\(prefix) is listed",
            remedy: "name the addresses that operators really come from: ringfence portal admit 10.1.0.0/16"
        )
    }

    fileprivate static func answersStrangers(_ place: SocketAddress, _ count: Int) -> Self {
        Finding(
            "answers-strangers",
            .adminNetworks,
            .critical,
            "The portal answers somebody whose network is not listed.",
            evidence: "\(place) answered a TLS hello with \(count) bytes",
            remedy: "close it: ringfence portal listen; and report the bug"
        )
    }
}
